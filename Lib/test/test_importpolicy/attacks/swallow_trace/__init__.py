"""The attempt is in a trace function, which is taken off then."""
CATEGORY = "swallowing"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def trace(frame, event, argument):
    payload.act()


def attack():
    sys.settrace(trace)
    try:
        (lambda: None)()
    except BaseException:
        pass
    sys.settrace(None)
