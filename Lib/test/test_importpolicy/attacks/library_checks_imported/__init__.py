"""What the library asks is what an __import__ of somebody's gives it."""
CATEGORY = "tampering"
REACH = "write"

import builtins
import os
from types import SimpleNamespace

from . import payload

genuine = builtins.__import__


def replacement(name, *args):
    if name == "_imp":
        return SimpleNamespace(has_policy=lambda: False)
    return genuine(name, *args)


vars(builtins)["__import__"] = replacement


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
