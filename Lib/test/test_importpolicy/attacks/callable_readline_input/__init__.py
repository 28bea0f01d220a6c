"""A bound method is called before the first key."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("readline",)

import pathlib

from . import payload


def attack(readline):
    readline.set_pre_input_hook(pathlib.Path(payload.TARGET).mkdir)
