"""A module's name whose hash runs code in the import."""
CATEGORY = "races"
REACH = "write"

import importlib

from . import payload


class Name(str):
    def __hash__(self):
        try:
            payload.act()
        except OSError:
            pass
        return super().__hash__()

    def __eq__(self, other):
        hash(self)
        return super().__eq__(other)


def attack():
    __import__(Name("json"))
    importlib.import_module(Name("json"))
