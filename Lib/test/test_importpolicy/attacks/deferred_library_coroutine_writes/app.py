"""The application awaits what it was handed."""

import asyncio
import sys

import evil
import good


async def main():
    try:
        await evil.make()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


asyncio.run(main())
good.work()
