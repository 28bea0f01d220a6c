"""An object of a granted class says what is done when it goes."""
CATEGORY = "deferred"
REACH = "net"

import good.leaving

from . import payload


def attack():
    good.leaving.Goodbye("evil", payload.PORT)
