"""A property of a metaclass gives a C function as __enter__."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Meta(type):
    __enter__ = property(lambda cls: os.mkdir)


class Manager(metaclass=Meta):
    def __enter__(self):
        pass

    def __exit__(self, *exception):
        pass

    def __fspath__(self):
        return payload.TARGET
