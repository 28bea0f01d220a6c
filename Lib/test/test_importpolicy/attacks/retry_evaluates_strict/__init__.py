"""The application evaluates a text for whoever calls it."""
CATEGORY = "borrowed"
REACH = "net"
POLICY = {"$walk": "strict"}

from . import payload


def attack():
    import __main__
    __main__.calculate(payload.SOURCE)
