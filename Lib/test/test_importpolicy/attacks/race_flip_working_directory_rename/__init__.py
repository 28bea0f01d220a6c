"""The working directory changes while a file is renamed."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"], "sys": True}

import os

from . import payload

HOME = payload.ROOT + "/home"


def rename():
    open(HOME + "/file", "w").close()
    os.rename(HOME + "/file", "evil")


def attack():
    os.mkdir(HOME + "/free")
    payload.race(payload.turn_directory, rename)
