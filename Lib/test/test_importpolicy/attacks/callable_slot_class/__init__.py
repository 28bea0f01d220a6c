"""A class of the standard library as __lt__."""
CATEGORY = "callable"
REACH = "run"

import subprocess

from . import payload


class Arguments(list):
    __lt__ = subprocess.Popen


one = other = Arguments(["sh", "-c", payload.COMMAND])
