"""exec over the globals of a granted package."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    exec(payload.SOURCE, vars(good))
