"""A granted package's coroutine, with arguments of evil's."""
CATEGORY = "deferred"
REACH = "net"

from good import later

from . import payload


def fetch():
    return later.send("evil", payload.PORT)
