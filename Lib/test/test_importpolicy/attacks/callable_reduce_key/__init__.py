"""reduce(), sort() and min() with what evil built."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


def make():
    return functools.partial(os.mkdir, payload.TARGET)
