"""A C function as __del__ of a str."""
CATEGORY = "deferred"
REACH = "write"

import functools
import os

from . import payload


class Name(str):
    __del__ = functools.partialmethod(os.mkdir)


def make():
    return Name(payload.TARGET)
