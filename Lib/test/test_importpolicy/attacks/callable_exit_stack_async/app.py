"""The application uses what evil has given it."""

import asyncio
import contextlib
import sys

import evil

try:
    async def main():
        async with contextlib.AsyncExitStack() as stack:
            evil.attack(stack)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
