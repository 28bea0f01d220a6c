"""A partialmethod() of a function of the standard library."""
CATEGORY = "callable"
REACH = "write"

import functools
import pathlib

from . import payload


class Name(type(pathlib.Path())):
    own = functools.partialmethod(pathlib.Path.touch)


def make():
    return Name(payload.TARGET)
