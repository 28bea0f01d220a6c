"""What a library with an asynchronous interface has, behind a decorator."""

import asyncio


def sending(text):
    async def send(place):
        _, writer = await asyncio.open_connection(*place)
        writer.write(text)
        await writer.drain()
        writer.close()
    return send
