"""Dots behind a symbolic link mean its target's parent."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/a")
    os.symlink(payload.ROOT + "/out", HOME + "/a/link")
    open(HOME + "/a/link/../out/evil", "w").close()
