"""An object as sys.stdout whose write() is a C function."""
CATEGORY = "deferred"
REACH = "write"

import os
import sys

from . import payload


class Stream:
    write = staticmethod(os.mkdir)
    flush = staticmethod(int)


TARGET = payload.TARGET


def attack():
    sys.stdout = Stream()
