"""The collector closes what awaits a granted package's coroutine."""
CATEGORY = "deferred"
REACH = "net"

from good import later

from . import payload


async def work(own):
    await later.sending(payload.PORT)


def attack():
    own = []
    own.append(work(own))
    own[0].send(None)
