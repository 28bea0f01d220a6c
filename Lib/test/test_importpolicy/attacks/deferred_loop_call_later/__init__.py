"""call_later() with the application's context."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(loop, context):
    loop.call_later(0, os.mkdir, payload.TARGET, context=context)
