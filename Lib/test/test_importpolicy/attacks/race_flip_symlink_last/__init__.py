"""A file that becomes a symbolic link while it is opened."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    link, other = HOME + "/link", HOME + "/other"

    def turn():
        open(other, "w").close()
        os.replace(other, link)
        os.symlink(payload.TARGET, other)
        os.replace(other, link)

    payload.race(turn, lambda: open(link, "w").close())
