"""A granted package's method calls one that overrides another of its own."""
CATEGORY = "forging"
REACH = "net"

import good

from . import payload


class Client(good.Client):

    def prepare(self):
        payload.act()
        return "good"


def attack():
    Client().send()
