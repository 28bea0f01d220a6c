"""The application has a task group connect, and says something."""

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
    async with asyncio.TaskGroup() as group:
        task = group.create_task(evil.make())
    _, writer = task.result()
    writer.write(b"evil")
    await writer.drain()
    writer.close()


attempt(lambda: asyncio.run(main()))
good.work()
