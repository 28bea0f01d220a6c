"""How reprlib shows an object of a class is a function of C."""
CATEGORY = "callable"
REACH = "write"

import os
import reprlib

from . import payload


class Shown(str):
    pass


shown = Shown(payload.TARGET)


def attack():
    reprlib.aRepr.repr_Shown = os.mkdir
