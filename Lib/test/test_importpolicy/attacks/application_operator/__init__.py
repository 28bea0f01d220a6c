"""The application adds to an object."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Number(int):

    def __radd__(self, other):
        payload.act()
        return other


def attack():
    return Number()
