"""An object of the application gets another class."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Own:

    def show(self):
        payload.act()


def attack():
    import __main__
    __main__.view.__class__ = Own
