"""A coroutine of the standard library in a Runner with a context."""
CATEGORY = "deferred"
REACH = "run"

import asyncio
import contextvars

from . import payload


def make():
    return (asyncio.create_subprocess_shell(payload.COMMAND),
            contextvars.copy_context())
