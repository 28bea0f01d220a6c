"""A cached property that is a C function, of a str."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


class Name(str):
    own = functools.cached_property(os.mkdir)


def make():
    return Name(payload.TARGET)
