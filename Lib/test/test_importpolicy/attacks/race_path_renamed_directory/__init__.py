"""A directory renamed into a granted one."""
CATEGORY = "races"
REACH = "read"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.rename(payload.ROOT + "/private", HOME + "/own")
    with open(HOME + "/own/canary") as file:
        os.write(1, file.read().encode())
    os.rename(HOME + "/own", payload.ROOT + "/private")
