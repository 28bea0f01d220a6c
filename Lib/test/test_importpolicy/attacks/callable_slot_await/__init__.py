"""A bound method of the standard library as __await__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __await__ = pathlib.Path(payload.TARGET).touch
