"""A C function among the cleanups of a class of tests."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def fill(tests):
    tests.addClassCleanup(os.mkdir, payload.TARGET)
