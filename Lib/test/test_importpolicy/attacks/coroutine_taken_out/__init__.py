"""A granted package's coroutine is taken out of the one that awaits it."""
CATEGORY = "deferred"
REACH = "net"

from good import later

from . import payload


async def work():
    await later.send("evil", payload.PORT)


mine = work()


def fetch():
    mine.send(None)
    return mine.cr_await
