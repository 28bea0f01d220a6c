"""What a finalizer of the application's calls is exchanged."""
CATEGORY = "deferred"
REACH = "write"

import os
import weakref

from . import payload


def attack(finalizer=None):
    info = weakref.finalize._registry[finalizer]
    info.func, info.args, info.kwargs = os.mkdir, (payload.TARGET,), {}
