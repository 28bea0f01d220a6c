"""A property whose setter is a C function."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Name(str):
    own = property(None, os.symlink)


def make():
    return Name("/"), payload.TARGET
