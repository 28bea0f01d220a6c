"""A lazy module whose loader gives text, touched by a granted package."""
CATEGORY = "forging"
REACH = "net"

import importlib.abc
import importlib.util

from . import payload


class Loader(importlib.abc.InspectLoader):

    def create_module(self, spec):
        return None

    def get_source(self, name):
        return payload.SOURCE + "\nanswer = 1"

    def exec_module(self, module):
        exec(self.source_to_code(self.get_source(None), "good.py"),
             vars(module))


def attack():
    import good
    loader = importlib.util.LazyLoader(Loader())
    spec = importlib.util.spec_from_loader("good.extra", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    good.call(getattr, module, "answer")
