"""The policy is rewritten, and the application starts once more."""
CATEGORY = "tampering"
REACH = "write"
POLICIES = "allow"
RUNS = 2

from . import payload


def attack():
    try:
        with open(payload.ROOT + "/app/policy.json", "w") as file:
            file.write("{}")
    finally:
        payload.act()
