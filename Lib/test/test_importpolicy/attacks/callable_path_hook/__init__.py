"""A C function among sys.path_hooks."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "Import hooks run as whoever imports; sys.path_hooks is a plain list, "
    "and a bare C function has no author.")

import os
import sys

from . import payload


def attack():
    sys.path_hooks.insert(0, os.mkdir)
    sys.path.insert(0, payload.TARGET)
