"""A bound method of the standard library as __reversed__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __reversed__ = pathlib.Path(payload.TARGET).touch
