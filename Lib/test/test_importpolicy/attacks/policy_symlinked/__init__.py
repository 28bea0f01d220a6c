"""The policy is written through a symbolic link."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.symlink(path, payload.ROOT + "/tmp/policy")
        with open(payload.ROOT + "/tmp/policy", "w") as file:
            file.write("{}")
    finally:
        payload.act()
