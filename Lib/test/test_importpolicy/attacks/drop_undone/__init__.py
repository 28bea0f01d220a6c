"""What was dropped is asked for once more."""
CATEGORY = "tampering"
REACH = "net"
GRANT = {"net": True}
POLICY = {"socket": "*"}

import importlib

from . import payload


def attack():
    import importpolicy
    importlib.reload(importpolicy)
    if not importpolicy.policy():
        return payload.act()
    with importpolicy.permit(net=True):
        payload.act()
