"""A traceback and an exception are made that name another's frame."""
CATEGORY = "tampering"
REACH = "net"

import sys
from types import TracebackType

from . import payload


def attack():
    import good
    frame = sys._getframe(0)
    trace = TracebackType(None, frame, 0, 1)
    try:
        raise ValueError().with_traceback(trace)
    except ValueError:
        good.call(payload.act)
