"""A path relative to a granted directory's descriptor."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    fd = os.open(HOME, os.O_RDONLY | os.O_DIRECTORY)
    os.close(os.open("../out/evil", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
