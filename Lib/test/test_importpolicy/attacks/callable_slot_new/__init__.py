"""A C function as __new__, which is called with the class."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Meta(type):
    def __fspath__(cls):
        return payload.COMMAND


class Own(metaclass=Meta):
    __new__ = os.system
