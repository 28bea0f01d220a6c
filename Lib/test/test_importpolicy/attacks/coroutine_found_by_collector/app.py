"""The application awaits what it was handed."""

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
    await asyncio.gather(evil.fetch())


attempt(lambda: asyncio.run(main()))
good.work()
