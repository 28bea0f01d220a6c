"""The target of the application's thread is exchanged."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(thread):
    thread._target = os.mkdir
    thread._args = payload.TARGET,
