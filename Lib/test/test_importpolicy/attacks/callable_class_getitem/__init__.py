"""A C function as __class_getitem__."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Generic:
    __class_getitem__ = os.mkdir


TARGET = payload.TARGET
