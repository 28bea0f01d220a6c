"""The application has a protocol of evil's receive what is sent to it."""

import asyncio
import os
import sys

import evil
import good

try:
    async def main():
        loop = asyncio.get_running_loop()
        one, other = os.pipe()
        await loop.connect_read_pipe(evil.make, os.fdopen(one, "rb"))
        os.write(other, evil.COMMAND)
        await asyncio.sleep(0.1)
    asyncio.run(main())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
