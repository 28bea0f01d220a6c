"""A fork with a terminal of its own."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "sys": True}

import os
import pty

from . import payload


def attack():
    pid, fd = pty.fork()
    if not pid:
        try:
            payload.act()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(fd)
