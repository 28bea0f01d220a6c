"""A C function as __getattr__."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Names:
    __getattr__ = os.mkdir


TARGET = payload.TARGET
