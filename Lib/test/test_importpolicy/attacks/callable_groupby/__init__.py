"""groupby() with a C function as its key."""
CATEGORY = "callable"
REACH = "write"

import itertools
import os

from . import payload


def make():
    return itertools.groupby([payload.TARGET], os.mkdir)
