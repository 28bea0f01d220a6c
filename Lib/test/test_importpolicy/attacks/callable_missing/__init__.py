"""A C function as __missing__ of a dictionary."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Table(dict):
    __missing__ = os.mkdir


TARGET = payload.TARGET
