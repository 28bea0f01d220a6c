"""The attempt is made when an async generator is finished."""
CATEGORY = "swallowing"
REACH = "net"

import asyncio
import gc

from . import payload


async def generator():
    try:
        yield
    finally:
        payload.act()


async def main():
    async for _ in generator():
        break
    gc.collect()
    await asyncio.sleep(0)


def attack():
    asyncio.run(main())
