"""A granted package's generator, begun with arguments of evil's."""
CATEGORY = "deferred"
REACH = "net"

from good import later

from . import payload


def make():
    return later.sending("evil", payload.PORT)
