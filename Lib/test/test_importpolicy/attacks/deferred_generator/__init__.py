"""A generator that the application goes through."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack():
    yield
    os.mkdir(payload.TARGET)
