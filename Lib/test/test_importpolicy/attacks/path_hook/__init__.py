"""A path hook serves submodules of a granted package."""
CATEGORY = "forging"
REACH = "net"

import sys
from importlib.machinery import ModuleSpec

from . import payload


class Finder:

    def find_spec(self, name, target=None):
        return ModuleSpec(name, self, origin="good/extra.py")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(payload.SOURCE, vars(module))


def hook(path):
    if path != "evil:":
        raise ImportError
    return Finder()


def attack():
    import good
    sys.path_hooks.insert(0, hook)
    good.__path__.append("evil:")
    import good.extra
