"""A C function is what a class gives to make an object of each thread."""
CATEGORY = "callable"
REACH = "write"

import _threading_local
import os

from . import payload


class Giving:
    def __get__(self, object, cls):
        return os.mkdir


class Local(_threading_local.local):
    __init__ = Giving()


local = _threading_local.local.__new__(Local, payload.TARGET)
