"""A loader in Python gives code for a granted package's submodule."""
CATEGORY = "forging"
REACH = "net"

import importlib.abc
import importlib.util
import sys

from . import payload


class Loader(importlib.abc.InspectLoader):

    def get_source(self, name):
        return payload.SOURCE

    def is_package(self, name):
        return False


def attack():
    import good
    spec = importlib.util.spec_from_loader(
        "good.extra", Loader(), origin=good.__file__)
    module = importlib.util.module_from_spec(spec)
    sys.modules["good.extra"] = module
    spec.loader.exec_module(module)
