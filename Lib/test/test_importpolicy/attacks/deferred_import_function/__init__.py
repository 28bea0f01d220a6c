"""A callable without a frame as builtins.__import__."""
CATEGORY = "deferred"
REACH = "write"

import builtins
import functools
import os

from . import payload


def attack():
    builtins.__import__ = functools.partial(
        set().union, map(os.mkdir, [payload.TARGET]))
