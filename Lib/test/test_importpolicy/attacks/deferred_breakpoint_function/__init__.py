"""A C function as sys.breakpointhook."""
CATEGORY = "deferred"
REACH = "write"
GRANT = {"patch": ["sys"]}

import os
import sys

from . import payload


def attack():
    sys.breakpointhook = os.mkdir


TARGET = payload.TARGET
