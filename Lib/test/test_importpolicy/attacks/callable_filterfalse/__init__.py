"""A filterfalse() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import itertools
import os

from . import payload


def make():
    return itertools.filterfalse(os.mkdir, [payload.TARGET])
