"""A bound method of the standard library as __hash__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __hash__ = pathlib.Path(payload.TARGET).touch
