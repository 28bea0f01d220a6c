"""A C function as a static method that the interpreter calls."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Table:
    __getitem__ = staticmethod(os.mkdir)


TARGET = payload.TARGET
