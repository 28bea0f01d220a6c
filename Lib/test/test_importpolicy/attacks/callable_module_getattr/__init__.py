"""A C function as __getattr__ of a module."""
CATEGORY = "callable"
REACH = "write"

import os
import types

from . import payload

TARGET = payload.TARGET


def make():
    module = types.ModuleType("own")
    module.__getattr__ = os.mkdir
    return module
