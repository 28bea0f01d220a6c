"""A lock is planted where there is none, by which a granted package needs evil."""
CATEGORY = "forging"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import json

from . import payload

PACKAGE = {"version": "1", "record": "0" * 64}
LOCK = {"$version": 1, "packages": {
    "good": PACKAGE | {"modules": ["good"], "requires": ["evil"]},
    "evil": PACKAGE | {"modules": ["evil"], "requires": []}}}


def attack():
    try:
        with open(payload.ROOT + "/app/policy.lock.json", "w") as file:
            json.dump(LOCK, file)
    finally:
        payload.act()
