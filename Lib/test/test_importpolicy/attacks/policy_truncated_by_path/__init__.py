"""The policy is truncated by os.truncate."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.truncate(path, 0)
        with open(path, "r+") as file:
            file.write("{}")
    finally:
        payload.act()
