"""The collector gives a class's dictionary, and a C function is __lt__."""
CATEGORY = "callable"
REACH = "write"

import gc
import os

from . import payload


class Text(str):
    def __lt__(self, other):
        pass


gc.get_referents(vars(Text))[0]["__lt__"] = os.mkdir
Text.changed = True
one = other = Text(payload.TARGET)
