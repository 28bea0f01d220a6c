"""The same, set on the class later."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own(type(pathlib.Path())):
    pass


Own.close = pathlib.Path.touch


def make():
    return Own(payload.TARGET)
