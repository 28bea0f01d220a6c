"""The application awaits what it was handed, one after the other."""

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
    for later in await evil.make():
        try:
            process = await later
            await process.wait()
        except BaseException:
            sys.__excepthook__(*sys.exc_info())


asyncio.run(main())
good.work()
