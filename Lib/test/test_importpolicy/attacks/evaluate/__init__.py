"""A granted package evaluates a text."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.execute(payload.SOURCE)
