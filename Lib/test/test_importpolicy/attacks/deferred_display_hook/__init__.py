"""A C function as sys.displayhook."""
CATEGORY = "deferred"
REACH = "write"

import os
import sys

from . import payload

TARGET = payload.TARGET


def attack():
    sys.displayhook = os.mkdir
