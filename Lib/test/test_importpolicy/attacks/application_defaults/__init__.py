"""A function of the application is given another default."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    __main__.helper.__defaults__ = payload.act,
