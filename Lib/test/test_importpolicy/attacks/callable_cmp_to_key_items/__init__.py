"""Items that a C function compares."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


def make():
    key = functools.cmp_to_key(os.symlink)
    return [key(payload.TARGET), key("/")]
