"""A granted package's coroutine, with arguments of evil's."""
CATEGORY = "deferred"
REACH = "net"
BEYOND = """A coroutine shows whose function it is, and not who called that;
the application awaits what it is handed."""

from good import later

from . import payload


def fetch():
    return later.send("evil", payload.PORT)
