"""A function of the application is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    __main__.helper = payload.act
