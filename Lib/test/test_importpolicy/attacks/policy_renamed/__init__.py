"""The policy gets another name."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.rename(path, path + ".old")
    finally:
        payload.act()
