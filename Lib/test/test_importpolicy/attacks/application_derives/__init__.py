"""The application derives from a class that runs code then."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Base:

    def __init_subclass__(cls):
        payload.act()


def attack():
    return Base
