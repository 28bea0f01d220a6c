"""A class of evil's own derives from a granted one that acts at its end."""
CATEGORY = "deferred"
REACH = "net"

import good.leaving

from . import payload


class Own(good.leaving.Goodbye):

    def __init__(self):
        self.data, self.port = "evil", payload.PORT
        self.cycle = self


def attack():
    Own()
