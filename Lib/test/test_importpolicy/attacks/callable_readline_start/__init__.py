"""A bound method is called before a line is read."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("readline",)

import pathlib

from . import payload


def attack(readline):
    readline.set_startup_hook(pathlib.Path(payload.TARGET).mkdir)
