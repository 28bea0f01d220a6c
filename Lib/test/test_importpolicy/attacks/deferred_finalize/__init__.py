"""A finalizer of the application's object."""
CATEGORY = "deferred"
REACH = "write"

import os
import weakref

from . import payload


def attack(thing):
    weakref.finalize(thing, os.mkdir, payload.TARGET)
