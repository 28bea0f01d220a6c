"""An object of a granted package gets a method of its own."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack(client=None):
    def prepare():
        payload.act()
        return "good"
    client.prepare = prepare
