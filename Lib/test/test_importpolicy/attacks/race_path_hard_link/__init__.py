"""A hard link in a granted directory to a file that is not."""
CATEGORY = "races"
REACH = "read"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.link(payload.CANARY, HOME + "/link")
    with open(HOME + "/link") as file:
        os.write(1, file.read().encode())
