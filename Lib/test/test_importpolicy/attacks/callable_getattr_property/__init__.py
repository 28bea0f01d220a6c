"""A property gives a C function as __getattr__."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Own:
    __getattr__ = property(lambda self: os.system)


own = Own()
NAME = payload.COMMAND
