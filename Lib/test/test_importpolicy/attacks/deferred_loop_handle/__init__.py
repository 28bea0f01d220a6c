"""A handle put into the queue of an event loop by hand."""
CATEGORY = "deferred"
REACH = "write"

import asyncio
import os

from . import payload


def attack(loop):
    loop._ready.append(asyncio.Handle(os.mkdir, (payload.TARGET,), loop))
