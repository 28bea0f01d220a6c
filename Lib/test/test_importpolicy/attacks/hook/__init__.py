"""A hook is left with a granted package, and runs later."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.hooks.append(payload.act)
