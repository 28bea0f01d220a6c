"""A methodcaller() with keywords, as the key of a sort."""
CATEGORY = "callable"
REACH = "write"

import operator

from . import payload


def make():
    return operator.methodcaller("mkdir", path=payload.TARGET)
