"""A method of the application's class is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    __main__.View.show = lambda self: payload.act()
