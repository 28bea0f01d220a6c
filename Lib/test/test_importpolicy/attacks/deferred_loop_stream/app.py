"""The application has a protocol of evil's receive what is sent to it."""

import asyncio
import socket
import sys

import evil
import good

try:
    async def main():
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        await loop.connect_accepted_socket(evil.make, one)
        other.send(evil.COMMAND)
        await asyncio.sleep(0.1)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
