"""The application runs a loop that it was handed."""

import asyncio
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def fail():
    raise ValueError


async def main():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)


def run():
    with asyncio.Runner(loop_factory=evil.make) as runner:
        runner.run(main())


attempt(run)
good.work()
