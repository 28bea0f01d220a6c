"""The application has a protocol of evil's receive what is sent to it."""

import asyncio
import socket
import sys

import evil
import good

try:
    async def main():
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair(type=socket.SOCK_DGRAM)
        await loop.create_datagram_endpoint(evil.make, sock=one)
        other.send(evil.TEXT)
        await asyncio.sleep(0.1)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
