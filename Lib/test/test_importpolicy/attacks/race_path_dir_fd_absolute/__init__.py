"""An absolute path beside a granted directory's descriptor."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    fd = os.open(HOME, os.O_RDONLY | os.O_DIRECTORY)
    os.mkdir(payload.TARGET, dir_fd=fd)
