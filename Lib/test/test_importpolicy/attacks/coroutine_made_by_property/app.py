"""The application awaits what it was handed, one after the other."""

import asyncio
import sys

import evil
import good


async def main():
    for later in await evil.make():
        try:
            await later
        except BaseException:
            sys.__excepthook__(*sys.exc_info())


asyncio.run(main())
good.work()
