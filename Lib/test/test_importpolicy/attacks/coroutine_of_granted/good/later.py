"""What is called here happens where somebody awaits it."""

import good


async def send(data, port):
    good.send(data, port)
