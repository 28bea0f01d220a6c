"""A generator is handed to the application."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    payload.act()
    yield 1
