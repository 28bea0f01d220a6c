"""A takewhile() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import itertools
import os

from . import payload


def make():
    return itertools.takewhile(os.mkdir, [payload.TARGET])
