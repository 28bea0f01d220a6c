"""importpolicy's functions and classes are exchanged."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import importpolicy

from . import payload


def attack():
    import _importpolicy
    for module in importpolicy, _importpolicy:
        for name in list(vars(module)):
            if not name.startswith("__"):
                setattr(module, name, lambda *args, **kwargs: True)
    payload.act()
