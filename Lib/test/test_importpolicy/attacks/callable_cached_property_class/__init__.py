"""A class of the standard library, as a cached property."""
CATEGORY = "callable"
REACH = "run"

import functools
import subprocess

from . import payload


class Arguments(list):
    start = functools.cached_property(subprocess.Popen)


thing = Arguments(["sh", "-c", payload.COMMAND])
