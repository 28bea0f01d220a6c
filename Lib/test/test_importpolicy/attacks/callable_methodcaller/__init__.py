"""A methodcaller(), called with a module."""
CATEGORY = "callable"
REACH = "write"

import operator

from . import payload


def make():
    return operator.methodcaller("mkdir", payload.TARGET)
