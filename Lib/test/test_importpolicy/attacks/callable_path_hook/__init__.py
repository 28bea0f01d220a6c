"""A C function among sys.path_hooks."""
CATEGORY = "callable"
REACH = "write"

import os
import sys

from . import payload


def attack():
    sys.path_hooks.insert(0, os.mkdir)
    sys.path.insert(0, payload.TARGET)
