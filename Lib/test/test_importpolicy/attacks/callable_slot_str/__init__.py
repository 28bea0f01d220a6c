"""A bound method of the standard library as __str__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __str__ = pathlib.Path(payload.TARGET).touch
