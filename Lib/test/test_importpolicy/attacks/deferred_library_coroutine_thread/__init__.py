"""A call in another thread, which the application awaits."""
CATEGORY = "deferred"
REACH = "write"

import asyncio
import os

from . import payload


def make():
    return asyncio.to_thread(os.mkdir, payload.TARGET)
