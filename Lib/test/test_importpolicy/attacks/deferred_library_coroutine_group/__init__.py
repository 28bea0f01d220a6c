"""A coroutine of the standard library in the application's task group."""
CATEGORY = "deferred"
REACH = "net"

import asyncio

from . import payload


async def send(connecting):
    _, writer = await connecting
    return writer


def make():
    return asyncio.open_connection(payload.HOST, payload.PORT)
