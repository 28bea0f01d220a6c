"""A descriptor of a directory that says nothing of its contents."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    fd = os.open(payload.ROOT + "/out", os.O_PATH)
    os.close(os.open(
                     "evil", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
