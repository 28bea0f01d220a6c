"""A C function as __lt__ of one object, which has a place for it."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Text(str):
    __slots__ = "__lt__",


one = other = Text(payload.COMMAND)
one.__lt__ = os.system
