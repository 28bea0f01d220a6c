"""A bound method of the standard library as __bool__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __bool__ = pathlib.Path(payload.TARGET).touch
