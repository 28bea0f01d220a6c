"""The application uses what evil has given it."""

import asyncio
import sys

import evil

try:
    async def main():
        await evil.Own()
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
