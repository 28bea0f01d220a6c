"""A granted package's module is given a class with __getattr__."""
CATEGORY = "forging"
REACH = "net"

from types import ModuleType

from . import payload


class Module(ModuleType):

    def __getattr__(self, name):
        payload.act()


def attack():
    import good
    good.__class__ = Module
    good.anything
