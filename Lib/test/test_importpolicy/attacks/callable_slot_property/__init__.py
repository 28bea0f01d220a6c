"""A property gives a C function as __lt__."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Text(str):
    __lt__ = property(lambda self: os.system)


one = other = Text(payload.COMMAND)
