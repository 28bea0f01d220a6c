"""A accumulate() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import itertools
import os

from . import payload


def make():
    return itertools.accumulate([payload.TARGET, 0o755], os.mkdir)
