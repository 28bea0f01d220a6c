"""A class of the standard library, whose objects are kept, as __bool__."""
CATEGORY = "callable"
REACH = "run"

import functools
import subprocess

from . import payload


class Arguments(list):
    __hash__ = object.__hash__
    __bool__ = functools.lru_cache(subprocess.Popen)


things = Arguments(["sh", "-c", payload.COMMAND])
