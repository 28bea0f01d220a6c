"""The attempt is in a callback of an event loop."""
CATEGORY = "swallowing"
REACH = "read"

import asyncio

from . import payload


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)
    loop.call_soon(payload.act)
    await asyncio.sleep(0.01)


def attack():
    asyncio.run(main())
