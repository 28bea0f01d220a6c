"""A function of C takes the place of a module's function."""
CATEGORY = "callable"
REACH = "run"
BEYOND = """A module's dictionary is a plain dictionary, and a bare C function
has no author: what it is called with is the application's. To see who writes
there, the dictionary of every module would have to be watched, and instances,
cells and lists would remain."""

import json

from . import payload

TEXT = f"exec({payload.SOURCE!r})"


def attack():
    vars(json)["loads"] = eval
