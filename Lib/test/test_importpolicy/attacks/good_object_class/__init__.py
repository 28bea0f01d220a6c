"""An object of a granted package gets another class."""
CATEGORY = "borrowed"
REACH = "net"

import good

from . import payload


class Own(good.Client):

    def prepare(self):
        payload.act()
        return "good"


def attack(client=None):
    client.__class__ = Own
