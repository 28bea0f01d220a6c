"""A path through a descriptor in /proc/self/fd."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    fd = os.open(HOME, os.O_RDONLY | os.O_DIRECTORY)
    open(f"/proc/self/fd/{fd}/../out/evil", "w").close()
