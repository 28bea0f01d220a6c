"""A generator of the standard library that lists a directory."""
CATEGORY = "deferred"
REACH = "read"

import os

from . import payload


def make():
    return os.walk(payload.ROOT + "/private")
