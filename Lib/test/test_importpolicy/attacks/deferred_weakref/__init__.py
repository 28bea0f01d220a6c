"""A callback of a weak reference to the application's object."""
CATEGORY = "deferred"
REACH = "write"

import functools
import os
import weakref

from . import payload

kept = []


def attack(thing):
    kept.append(weakref.ref(thing, functools.partial(
        next, map(os.mkdir, [payload.TARGET]))))
