"""A chain of symbolic links."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    last = payload.TARGET
    for i in range(8):
        link = f"{HOME}/{i}"
        os.symlink(last, link)
        last = link
    open(last, "w").close()
