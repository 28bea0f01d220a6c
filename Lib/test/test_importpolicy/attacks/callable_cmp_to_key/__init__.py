"""A C function of two arguments, as a comparison."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload


def make():
    return functools.cmp_to_key(os.symlink), [payload.TARGET, "/"]
