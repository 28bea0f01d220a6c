"""sys.excepthook that says nothing."""
CATEGORY = "swallowing"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    sys.excepthook = lambda *args: None
    sys.__excepthook__ = lambda *args: None
    payload.act()
