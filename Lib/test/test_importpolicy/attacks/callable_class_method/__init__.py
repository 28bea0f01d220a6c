"""A C function as a class method, of a class that is a path."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Meta(type):
    def __fspath__(cls):
        return payload.TARGET


class Own(metaclass=Meta):
    own = classmethod(os.mkdir)
