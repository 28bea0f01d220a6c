"""A fork, and the child acts."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True}

import os

from . import payload


def attack():
    if not os.fork():
        try:
            payload.act()
        finally:
            os._exit(0)
    os.wait()
