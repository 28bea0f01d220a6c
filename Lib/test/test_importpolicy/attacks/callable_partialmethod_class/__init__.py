"""A class of the standard library, as a partial method."""
CATEGORY = "callable"
REACH = "run"

import functools
import subprocess

from . import payload


class Arguments(list):
    start = functools.partialmethod(subprocess.Popen)


thing = Arguments(["sh", "-c", payload.COMMAND])
