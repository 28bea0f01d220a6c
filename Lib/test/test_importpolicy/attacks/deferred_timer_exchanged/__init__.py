"""The function of the application's timer is exchanged."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(timer):
    timer.function = os.mkdir
    timer.args = [payload.TARGET]
