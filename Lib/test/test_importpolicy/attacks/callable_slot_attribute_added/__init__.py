"""A dynamic attribute that gives a C function, in the application's class."""
CATEGORY = "callable"
REACH = "write"

import os
import types

from . import payload


def attack(cls):
    cls.__lt__ = types.DynamicClassAttribute(lambda self: os.mkdir)


TARGET = payload.TARGET
