"""A granted package is handed a function to call."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.call(payload.act)
