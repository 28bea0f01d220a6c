"""The callback of the application's handle is exchanged."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(handle):
    handle._callback = os.mkdir
    handle._args = payload.TARGET,
