"""The initializer of the application's pool is exchanged."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(pool):
    pool._initializer = os.mkdir
    pool._initargs = payload.TARGET,
