"""The application decorates a function."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    pass


def traced(function):
    def wrapper(*args):
        payload.act()
        return function(*args)
    return wrapper
