"""The application uses what evil has given it."""

import asyncio
import contextvars
import sys

import evil

try:
    loop = asyncio.new_event_loop()
    evil.attack(loop, contextvars.copy_context())
    loop.call_later(0.1, loop.stop)
    loop.run_forever()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
