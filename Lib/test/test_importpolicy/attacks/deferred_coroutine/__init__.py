"""A coroutine that the application runs."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


async def attack():
    os.mkdir(payload.TARGET)
