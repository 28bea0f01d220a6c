"""A bound method as __dir__ of a module."""
CATEGORY = "callable"
REACH = "write"

import pathlib
import types

from . import payload


def make():
    module = types.ModuleType("own")
    module.__dir__ = pathlib.Path(payload.TARGET).touch
    return module
