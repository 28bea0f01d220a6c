"""An object without a frame shows what may complete what is typed."""
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
    readline.set_completer(
        lambda text, state: ("/a", "/b", None)[state])
    readline.set_completion_display_matches_hook(Path(payload.TARGET))
