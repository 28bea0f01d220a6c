"""The application uses what evil has given it."""

import asyncio
import sys

import evil

try:
    loop = asyncio.new_event_loop()
    for _ in range(50):
        done = []
        other = evil.attack(loop.call_soon(int), done)
        loop.call_soon(loop.stop)
        loop.run_forever()
        done.append(1)
        other.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
