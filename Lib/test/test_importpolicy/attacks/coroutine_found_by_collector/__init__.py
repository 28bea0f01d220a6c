"""The collector finds a granted package's coroutine that another awaits."""
CATEGORY = "deferred"
REACH = "net"

import gc

from good import later

from . import payload


async def work():
    await later.send("evil", payload.PORT)


mine = work()


def fetch():
    mine.send(None)
    return next(found for found in gc.get_referents(mine)
                if type(found) is type(mine))
