"""A function of the application is given other code."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def own():
    from evil import payload
    payload.act()


def attack():
    import __main__
    __main__.helper.__code__ = own.__code__
