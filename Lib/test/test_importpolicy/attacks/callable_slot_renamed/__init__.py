"""A method of a C class under another special name."""
CATEGORY = "callable"
REACH = "write"

import io

from . import payload


class File(io.FileIO):
    __setitem__ = io.FileIO.__init__


file = File.__new__(File)
TARGET = payload.TARGET
