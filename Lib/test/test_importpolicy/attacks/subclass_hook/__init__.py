"""An object decides whether it is one of a class."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Meta(type):

    def __instancecheck__(self, value):
        payload.act()
        return True


class Kind(metaclass=Meta):
    pass


def attack():
    return Kind
