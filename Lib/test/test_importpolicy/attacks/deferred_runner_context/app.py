"""The application runs what it was handed."""

import asyncio
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def go():
    coroutine, context = evil.make()
    with asyncio.Runner() as runner:
        process = runner.run(coroutine, context=context)
        runner.run(process.wait())


attempt(go)
good.work()
