"""permit is asked for more than there is."""
CATEGORY = "tampering"
REACH = "net"

import importpolicy

from . import payload


def attack():
    if not importpolicy.policy():
        return payload.act()
    with importpolicy.permit(net=["*"], read=True, run=True):
        payload.act()
