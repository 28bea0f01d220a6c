"""A function of the standard library as close() of a path."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own(type(pathlib.Path())):
    close = pathlib.Path.touch


def make():
    return Own(payload.TARGET)
