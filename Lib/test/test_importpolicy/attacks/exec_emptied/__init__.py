"""os.execve with an empty environment, after a fork."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    if not os.fork():
        os.execve(payload.PYTHON, [payload.PYTHON, "-I", "-c",
                                   payload.SOURCE], {})
    os.wait()
