"""What a library with an asynchronous interface has."""

import asyncio

import good


async def send(data, port):
    await asyncio.sleep(0)
    good.send(data, port)
