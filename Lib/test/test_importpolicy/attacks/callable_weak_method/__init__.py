"""A weak reference to a bound method of the standard library."""
CATEGORY = "callable"
REACH = "write"

import pathlib
import weakref

from . import payload


class Own(type(pathlib.Path())):
    __slots__ = "__weakref__",


kept = Own(payload.TARGET)


def make():
    return weakref.WeakMethod(kept.touch)
