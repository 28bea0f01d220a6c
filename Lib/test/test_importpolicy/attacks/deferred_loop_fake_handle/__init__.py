"""A handle made of nothing in the queue of an event loop."""
CATEGORY = "deferred"
REACH = "write"

import pathlib

from . import payload


class Handle:
    _cancelled = False
    _run = pathlib.Path(payload.TARGET).touch


def attack(loop):
    loop._ready.append(Handle())
