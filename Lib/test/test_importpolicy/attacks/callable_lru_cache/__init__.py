"""A cache around a C function."""
CATEGORY = "callable"
REACH = "write"

import functools
import os

from . import payload

cached = functools.lru_cache(os.mkdir)
TARGET = payload.TARGET
