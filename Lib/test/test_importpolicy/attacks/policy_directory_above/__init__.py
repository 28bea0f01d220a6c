"""A directory above the application gets another name."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.rename(payload.ROOT, payload.ROOT + "-old")
        os.makedirs(payload.ROOT + "/app")
        os.rename(payload.ROOT + "-old/deps", payload.DEPS)
        os.rename(payload.ROOT + "-old/app/main.py",
                  payload.ROOT + "/app/main.py")
    finally:
        payload.act()
