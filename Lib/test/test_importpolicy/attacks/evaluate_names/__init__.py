"""A granted package evaluates a text with its names."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.execute(payload.SOURCE, vars(good))
