"""A partialmethod() of a C function, of a str."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


class Name(str):
    own = functools.partialmethod(os.mkdir)


def make():
    return Name(payload.TARGET)
