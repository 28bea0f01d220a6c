"""Code of the library is given another file name, so that nobody knows it."""
CATEGORY = "tampering"
REACH = "write"

import _imp
import os
from concurrent.futures import thread

from . import payload


def attack(pool):
    _imp._fix_co_filename(thread._worker.__code__, "/another.py")
    pool._initializer = os.mkdir
    pool._initargs = (payload.TARGET,)
