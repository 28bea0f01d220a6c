"""An eager task of a coroutine of the standard library."""
CATEGORY = "deferred"
REACH = "run"

import asyncio

from . import payload


def make():
    return asyncio.create_subprocess_shell(payload.COMMAND)
