"""The policy is opened for reading, and truncated."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
    finally:
        payload.act()
