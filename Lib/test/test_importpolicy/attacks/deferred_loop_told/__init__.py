"""A loop is a text, and the application tells it of an error."""
CATEGORY = "deferred"
REACH = "run"

import asyncio

from . import payload


class Loop(str, asyncio.SelectorEventLoop):
    _exception_handler = property(lambda self: exec,
                                  lambda self, value: None)

    def __init__(self, text):
        asyncio.SelectorEventLoop.__init__(self)


def make():
    return Loop(payload.SOURCE)
