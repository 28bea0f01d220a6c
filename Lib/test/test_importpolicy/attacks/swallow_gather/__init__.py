"""gather() that gives exceptions as results."""
CATEGORY = "swallowing"
REACH = "write"

import asyncio

from . import payload


async def own():
    payload.act()


async def main():
    await asyncio.gather(own(), own(), return_exceptions=True)


def attack():
    asyncio.run(main())
