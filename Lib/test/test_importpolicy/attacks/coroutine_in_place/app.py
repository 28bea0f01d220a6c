"""The application awaits what it was handed, the library's first."""

import asyncio
import sys

import evil
import good
from good import later


async def say(connecting, text):
    _, writer = await connecting
    writer.write(text)
    await writer.drain()
    writer.close()


async def main():
    for n in range(4, 12):
        later.connect(n).close()
        connecting = evil.connect(n)
        later.connect(n).close()
        await say(connecting, b"evil")


try:
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
