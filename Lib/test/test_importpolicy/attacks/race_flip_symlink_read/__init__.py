"""A symbolic link that changes while a file is read."""
CATEGORY = "races"
REACH = "read"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open(HOME + "/free", "w").close()
    link, other = HOME + "/link", HOME + "/other"

    def turn():
        for target in HOME + "/free", payload.CANARY:
            os.symlink(target, other)
            os.replace(other, link)

    def operate():
        with open(link) as file:
            os.write(1, file.read().encode())

    payload.race(turn, operate)
