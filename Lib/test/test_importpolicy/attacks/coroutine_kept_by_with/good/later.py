"""What a library with an asynchronous interface has."""

import asyncio


async def say(host, port, text):
    _, writer = await asyncio.open_connection(host, port)
    writer.write(text)
    await writer.drain()
    writer.close()
