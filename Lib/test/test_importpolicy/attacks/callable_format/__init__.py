"""A C function as __format__."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Text:
    __format__ = os.mkdir


TARGET = payload.TARGET
