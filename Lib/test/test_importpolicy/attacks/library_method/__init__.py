"""A method of a class of the standard library is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    from collections import OrderedDict, UserDict

    def copy(self):
        payload.act()
        return self
    UserDict.copy = copy
