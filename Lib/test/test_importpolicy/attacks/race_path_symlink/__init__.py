"""A symbolic link in a granted directory."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.symlink(payload.TARGET, HOME + "/link")
    open(HOME + "/link", "w").close()
