"""A descriptor for reading the policy is opened anew for writing."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        fd = os.open(path, os.O_RDONLY)
        with open(f"/proc/self/fd/{fd}", "w") as file:
            file.write("{}")
    finally:
        payload.act()
