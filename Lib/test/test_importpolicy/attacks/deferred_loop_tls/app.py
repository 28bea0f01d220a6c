"""The application has a protocol of evil's receive what is sent to it."""

import asyncio
import socket
import sys

import evil
import good
from good import tls

try:
    async def main():
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        client, server = tls.contexts()
        _, (transport, _) = await asyncio.gather(
            loop.connect_accepted_socket(evil.make, one, ssl=server),
            loop.create_connection(asyncio.Protocol, sock=other, ssl=client,
                                   server_hostname="good.example"))
        transport.write(evil.COMMAND)
        await asyncio.sleep(0.3)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
