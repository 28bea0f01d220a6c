"""The attempt is made in a task that nobody awaits."""
CATEGORY = "swallowing"
REACH = "run"

import asyncio

from . import payload


async def main():
    task = asyncio.create_task(own())
    await asyncio.sleep(0.01)
    del task


async def own():
    payload.act()


def attack():
    asyncio.run(main())
