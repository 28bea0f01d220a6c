"""The log is removed, and a directory put in its place."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"
SILENT = "There is no log any more; standard error tells."

import os

from . import payload


def attack():
    path = payload.ROOT + "/denials.jsonl"
    try:
        if os.path.exists(path):
            os.remove(path)
        os.mkdir(path)
    finally:
        payload.act()
