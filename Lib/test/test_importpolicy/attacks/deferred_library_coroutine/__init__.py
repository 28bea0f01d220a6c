"""A coroutine of the standard library that the application awaits."""
CATEGORY = "deferred"
REACH = "run"

import asyncio

from . import payload


def make():
    return asyncio.create_subprocess_shell(payload.COMMAND)
