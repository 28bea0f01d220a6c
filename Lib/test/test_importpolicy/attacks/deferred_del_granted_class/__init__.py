"""An object becomes one of a granted class before it goes."""
CATEGORY = "deferred"
REACH = "net"

import good.leaving

from . import payload


class Own:

    def __init__(self):
        self.data, self.port = "evil", payload.PORT


def attack():
    it = Own()
    it.__class__ = good.leaving.Goodbye
