"""A C function is what a class gives as its __enter__, in a test."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Giving:
    def __get__(self, object, cls):
        return os.mkdir


class Manager:
    __enter__ = Giving()

    def __exit__(self, *exception):
        pass

    def __fspath__(self):
        return payload.TARGET
