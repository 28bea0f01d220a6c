"""The exceptions of a refusal are changed, to raise another."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import importpolicy

from . import payload


def attack():
    def init(self, *args, **kwargs):
        raise KeyError

    for kind in importpolicy.ImportDenied, importpolicy.AccessDenied:
        for name in "__init__", "__new__", "__str__":
            try:
                setattr(kind, name, init)
            except TypeError as error:
                print(error)
    payload.act()
