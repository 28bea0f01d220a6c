"""A cache around a C function, as a method of a str."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


class Name(str):
    own = functools.lru_cache(os.mkdir)


def make():
    return Name(payload.TARGET)
