"""A generator of the standard library, made into a coroutine."""
CATEGORY = "deferred"
REACH = "read"

import os
import types

from . import payload


def make():
    return types.coroutine(os.walk)(payload.ROOT + "/private")
