"""What a library with an asynchronous interface has."""

import good


async def send(data, port):
    good.send(data, port)


async def prepare(data, port):
    return send(data, port)
