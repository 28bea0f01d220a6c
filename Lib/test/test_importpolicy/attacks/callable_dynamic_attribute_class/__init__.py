"""A class of the standard library, as an attribute of enum."""
CATEGORY = "callable"
REACH = "run"

import enum
import subprocess

from . import payload


class Arguments(list):
    start = enum.property(subprocess.Popen)


thing = Arguments(["sh", "-c", payload.COMMAND])
