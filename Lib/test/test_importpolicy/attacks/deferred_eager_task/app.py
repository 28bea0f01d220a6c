"""The application's tasks begin at once."""

import asyncio
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    process = await asyncio.create_task(evil.make())
    await process.wait()


attempt(lambda: asyncio.run(main()))
good.work()
