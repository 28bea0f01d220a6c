"""The same for os.link()."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    link = HOME + "/link"
    open(HOME + "/own", "w").close()
    payload.race(payload.turn_link,
                 lambda: os.link(HOME + "/own", link + "/evil"))
