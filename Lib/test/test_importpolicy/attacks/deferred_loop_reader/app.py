"""The application uses what evil has given it."""

import asyncio
import socket
import sys

import evil

try:
    loop = asyncio.new_event_loop()
    one, other = socket.socketpair()
    other.send(b"x")
    evil.attack(loop, one)
    loop.call_later(0.1, loop.stop)
    loop.run_forever()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
