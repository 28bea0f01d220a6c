"""The same, in a class that types.new_class() makes."""
CATEGORY = "callable"
REACH = "write"

import pathlib
import types

from . import payload

Own = types.new_class(
    "Own", (type(pathlib.Path()),), {},
    lambda names: names.update(close=pathlib.Path.touch))


def make():
    return Own(payload.TARGET)
