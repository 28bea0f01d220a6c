"""The same for os.open()."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    link = HOME + "/link"
    payload.race(payload.turn_link,
                 lambda: os.close(os.open(
                     link + "/evil", os.O_CREAT | os.O_WRONLY)))
