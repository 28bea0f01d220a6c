"""A C function is written into the dictionary of a class, as its __lt__."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Leak:
    def __eq__(self, names):
        names["__lt__"] = os.mkdir


class Text(str):
    def __lt__(self, other):
        pass


vars(Text) == Leak()
Text.changed = True
one = other = Text(payload.TARGET)
