"""A dropwhile() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import itertools
import os

from . import payload


def make():
    return itertools.dropwhile(os.mkdir, [payload.TARGET])
