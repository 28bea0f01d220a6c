"""A method of the standard library, bound to a path."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def make():
    return pathlib.Path(payload.TARGET).touch
