"""A function of a granted package is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    before = good.encode

    def encode(data):
        good.encode = before
        try:
            payload.act()
        finally:
            return before(data)
    good.encode = encode
