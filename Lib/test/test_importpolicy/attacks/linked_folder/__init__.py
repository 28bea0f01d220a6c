"""A granted package's folder is imported through a link of one's own."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"

import os
import sys

from . import payload


def attack():
    path = payload.ROOT + "/tmp/link"
    os.symlink(os.path.dirname(__file__), path)
    sys.path.append(path)
    import task
