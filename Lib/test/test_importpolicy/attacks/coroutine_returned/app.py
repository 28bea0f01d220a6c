"""The application awaits what it was handed."""

import asyncio
import sys

import evil
import good


async def main():
    await evil.fetch()


try:
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
