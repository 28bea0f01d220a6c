"""The same for os.mkdir()."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    link = HOME + "/link"
    payload.race(payload.turn_link, lambda: os.mkdir(link + "/evil"))
