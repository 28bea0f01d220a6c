"""A C function in the application's scheduler."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
