"""A value that is logged says its own text."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Value:

    def __str__(self):
        payload.act()
        return "value"


def attack():
    return Value()
