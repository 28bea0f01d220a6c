"""The application uses what evil has given it."""

import asyncio
import sys

import evil

try:
    loop = asyncio.new_event_loop()
    evil.attack(loop)
    loop.call_soon(loop.stop)
    loop.run_forever()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
