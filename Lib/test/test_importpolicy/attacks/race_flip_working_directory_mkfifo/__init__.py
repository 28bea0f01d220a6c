"""The working directory changes while a pipe is made."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"], "sys": True}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    payload.race(payload.turn_directory, lambda: os.mkfifo("evil"))
