"""The working directory changes while a file gets another name."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"], "sys": True}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    open(HOME + "/file", "w").close()
    payload.race(payload.turn_directory,
                 lambda: os.link(HOME + "/file", "evil"))
