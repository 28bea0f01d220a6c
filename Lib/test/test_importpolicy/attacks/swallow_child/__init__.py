"""The attempt is made in a forked child, which ends at once."""
CATEGORY = "swallowing"
REACH = "write"
GRANT = {"os.fork": True}

import os

from . import payload


def attack():
    pid = os.fork()
    if pid == 0:
        try:
            payload.act()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
