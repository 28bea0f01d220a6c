"""A C function at exit."""
CATEGORY = "deferred"
REACH = "write"

import atexit
import os

from . import payload


def attack():
    atexit.register(os.mkdir, payload.TARGET)
