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


async def main():
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "text"})


def run():
    with asyncio.Runner(loop_factory=evil.make) as runner:
        runner.run(main())


attempt(run)
good.work()
