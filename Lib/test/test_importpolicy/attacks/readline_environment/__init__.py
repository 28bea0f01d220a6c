"""A variable says where readline's settings are."""
CATEGORY = "borrowed"
REACH = "read"
NEEDS = ("readline",)

import os

from . import payload


def attack():
    os.environ["INPUTRC"] = payload.CANARY
    import readline
    readline.read_init_file()
