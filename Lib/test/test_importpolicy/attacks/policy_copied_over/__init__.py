"""Library functions copy something over the policy."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import shutil

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        new = payload.ROOT + "/tmp/policy"
        with open(new, "w") as file:
            file.write("{}")
        shutil.copyfile(new, path)
    finally:
        payload.act()
