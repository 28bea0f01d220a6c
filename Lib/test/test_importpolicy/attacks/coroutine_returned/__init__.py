"""A granted package's coroutine makes another, which is handed on."""
CATEGORY = "deferred"
REACH = "net"

from good import later

from . import payload


async def prepare():
    return await later.prepare("evil", payload.PORT)


def fetch():
    try:
        prepare().send(None)
    except StopIteration as done:
        return done.value
