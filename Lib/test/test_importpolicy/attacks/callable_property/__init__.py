"""A property whose getter is a C function, of a str."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Name(str):
    own = property(os.mkdir)


def make():
    return Name(payload.TARGET)
