"""The application uses what evil has given it."""

import asyncio
import socket
import sys

import evil

try:
    async def main():
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        other.send(b"x")
        await loop.connect_accepted_socket(evil.Protocol, one)
        await asyncio.sleep(0.1)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
