"""A filter() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def make():
    return filter(os.mkdir, [payload.TARGET])
