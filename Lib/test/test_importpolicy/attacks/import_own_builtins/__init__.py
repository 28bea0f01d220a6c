"""A granted package's code runs with an __import__ of one's own."""
CATEGORY = "forging"
REACH = "net"

import builtins
from types import FunctionType

from . import payload


def attack():
    import good

    def imports(name, *args):
        payload.act()
        return builtins.__import__(name, *args)

    names = vars(good) | {
        "__builtins__": vars(builtins) | {"__import__": imports}}
    FunctionType(good.send.__code__, names, argdefs=("evil", None))()
