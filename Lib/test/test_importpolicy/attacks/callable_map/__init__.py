"""A map() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def make():
    return map(os.mkdir, [payload.TARGET])
