"""A C function without arguments of its own as __instancecheck__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Meta(type):
    __instancecheck__ = staticmethod(pathlib.Path(payload.TARGET).touch)


class Own(metaclass=Meta):
    pass
