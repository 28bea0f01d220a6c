"""Own frames are taken off the stack as far as Python can."""
CATEGORY = "tampering"
REACH = "net"

import sys

from . import payload


def generator():
    frame = sys._getframe(1)
    try:
        frame.clear()
    except RuntimeError:
        pass
    yield payload.act()


def attack():
    frame = sys._getframe(0)
    frame.f_trace = None
    for _ in generator():
        pass
