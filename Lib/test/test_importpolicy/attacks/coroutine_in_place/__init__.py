"""A coroutine, made where a granted package's frames have just been."""
CATEGORY = "deferred"
REACH = "net"

import asyncio

from . import payload


def connect(n):
    return connect(n - 1) if n else asyncio.open_connection(payload.HOST,
                                                            payload.PORT)
