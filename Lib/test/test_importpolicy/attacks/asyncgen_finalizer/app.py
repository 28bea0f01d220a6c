"""The application begins an asynchronous generator, and leaves it."""

import sys

import evil
import good


async def counting():
    yield 1


try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
generator = counting()
try:
    generator.__anext__().send(None)
except StopIteration:
    pass
del generator
good.work()
