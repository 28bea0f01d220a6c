"""The loaders' own get_data is changed before a granted package's import."""
CATEGORY = "forging"
REACH = "net"
POLICIES = "allow"
SILENT = "The file is read in C, which asks no get_data()."

from importlib.machinery import SourceFileLoader

from . import payload


def get_data(self, path, before=SourceFileLoader.get_data):
    data = before(self, path)
    if "good/__init__" in path:
        data = payload.SOURCE.encode() + b"\n" + data
    return data


def attack():
    SourceFileLoader.get_data = get_data
