"""A C function is what a class gives as its __init__, below a protocol."""
CATEGORY = "callable"
REACH = "write"

import os
import typing

from . import payload


class Giving:
    def __get__(self, object, cls):
        return os.mkdir


class Protocol(typing.Protocol):
    pass


class Base:
    __init__ = Giving()


class Path(Protocol, Base):
    def __fspath__(self):
        return payload.TARGET
