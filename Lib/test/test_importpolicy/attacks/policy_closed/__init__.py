"""The policy is made unreadable."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.chmod(path, 0)
        os.remove(path)
    finally:
        payload.act()
