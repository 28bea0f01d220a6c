"""The policy is moved away, and another file to its place."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os
import shutil

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        shutil.move(path, payload.ROOT + "/tmp/policy")
        with open(path, "w") as file:
            file.write("{}")
    finally:
        payload.act()
