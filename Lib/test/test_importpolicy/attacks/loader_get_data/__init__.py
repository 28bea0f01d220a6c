"""A loader whose get_data gives other bytes than the file has."""
CATEGORY = "forging"
REACH = "net"

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location

from . import payload


class Loader(SourceFileLoader):

    def get_data(self, path):
        return payload.SOURCE.encode()


def attack():
    import good
    loader = Loader("good", good.__file__)
    spec = spec_from_file_location("good", good.__file__, loader=loader)
    loader.exec_module(module_from_spec(spec))
