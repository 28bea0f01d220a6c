"""An audit hook raises before the policy could."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    def hook(event, args):
        if event in ("import", "socket.connect") and busy:
            raise RuntimeError
    busy = []
    sys.addaudithook(hook)
    busy.append(1)
    try:
        payload.act()
    except RuntimeError:
        busy.clear()
        payload.act()
