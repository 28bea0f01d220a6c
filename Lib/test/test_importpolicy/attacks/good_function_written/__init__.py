"""A function of a granted package is replaced in its dictionary."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    before = good.encode

    def encode(data):
        vars(good)["encode"] = before
        try:
            payload.act()
        finally:
            return before(data)
    good.call.__globals__["encode"] = encode
