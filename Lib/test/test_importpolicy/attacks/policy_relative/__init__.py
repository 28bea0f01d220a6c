"""The policy is written by a relative path."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.chdir(payload.ROOT + "/tmp")
        with open("../app/./policy.json", "w") as file:
            file.write("{}")
    finally:
        payload.act()
