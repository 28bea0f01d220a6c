"""A bound method as sys.breakpointhook."""
CATEGORY = "deferred"
REACH = "write"

import pathlib
import sys

from . import payload


def attack():
    sys.breakpointhook = pathlib.Path(payload.TARGET).touch
