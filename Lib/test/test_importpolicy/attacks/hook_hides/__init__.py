"""The hooks that show what was refused are exchanged."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    def hide(*args):
        pass
    sys.excepthook = sys.unraisablehook = sys.displayhook = hide
    sys.stderr = None
    try:
        payload.act()
    finally:
        sys.stderr = sys.__stderr__
