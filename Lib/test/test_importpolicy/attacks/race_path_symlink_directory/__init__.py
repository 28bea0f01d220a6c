"""A symbolic link to a directory, in a granted one."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.symlink(payload.ROOT + "/out", HOME + "/link")
    open(HOME + "/link/evil", "w").close()
