"""The parent's memory is written by a child."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "deny"
GRANT = {"read": True, "write": True, "run": True}

import os

from . import payload


def attack():
    import _imp
    if not _imp.has_policy():
        return payload.act()
    if not os.fork():
        try:
            with open(f"/proc/{os.getppid()}/mem", "r+b", buffering=0):
                payload.COMMAND
        finally:
            os._exit(0)
    os.wait()
    payload.act()
