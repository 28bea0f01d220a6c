"""A function of the standard library as __enter__ of a path."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own(type(pathlib.Path())):
    __enter__ = pathlib.Path.touch

    def __exit__(self, *args):
        pass


def make():
    return Own(payload.TARGET)
