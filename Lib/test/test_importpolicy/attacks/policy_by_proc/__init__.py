"""The policy is written by its path below /proc/self."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        for way in "root", "cwd":
            there = f"/proc/self/{way}"
            there += path if way == "root" else "/policy.json"
            with open(there, "w") as file:
                file.write("{}")
    finally:
        payload.act()
