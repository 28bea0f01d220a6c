"""What a library with an asynchronous interface has."""

import asyncio

import good


async def sending(port):
    try:
        await asyncio.sleep(0)
    finally:
        good.send("evil", port)
