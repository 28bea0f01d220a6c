"""A iter() over a C function, which the application goes through."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def make():
    return iter(pathlib.Path(payload.TARGET).touch, None)
