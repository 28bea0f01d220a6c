"""A class of the application gets another base."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Base:

    def show(self):
        payload.act()


def attack():
    import __main__
    __main__.View.__bases__ = Base,
