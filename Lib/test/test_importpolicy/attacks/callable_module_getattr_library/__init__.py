"""A function of the standard library as __getattr__ of a module."""
CATEGORY = "callable"
REACH = "run"

import subprocess
import types

from . import payload


def make():
    module = types.ModuleType("own")
    module.__getattr__ = subprocess.getoutput
    return module


NAME = payload.COMMAND
