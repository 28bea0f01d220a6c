"""A granted package's metadata is changed to require the package."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "baseline"
RUNS = 2

import os

from . import payload


def attack():
    info = payload.DEPS + "/good-1.dist-info"
    try:
        with open(info + "/METADATA", "a") as file:
            file.write("Requires-Dist: evil\n")
    finally:
        payload.act()
