"""Another file is moved over the policy."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        new = payload.ROOT + "/tmp/policy"
        with open(new, "w") as file:
            file.write("{}")
        os.replace(new, path)
    finally:
        payload.act()
