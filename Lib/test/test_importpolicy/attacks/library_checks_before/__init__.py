"""The library is told that there is no policy, before it asks."""
CATEGORY = "tampering"
REACH = "write"

import _imp
import os

from . import payload

vars(_imp)["has_policy"] = lambda: False


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
