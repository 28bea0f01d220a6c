"""The policy is written by a path below a directory's descriptor."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        directory = os.open(payload.ROOT, os.O_RDONLY)
        fd = os.open("app/policy.json", os.O_WRONLY | os.O_TRUNC,
                     dir_fd=directory)
        os.write(fd, b"{}")
    finally:
        payload.act()
