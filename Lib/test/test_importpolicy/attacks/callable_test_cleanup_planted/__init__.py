"""A C function is put by hand among the cleanups of a test."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(test):
    test._cleanups.append((os.mkdir, (payload.TARGET,), {}))
