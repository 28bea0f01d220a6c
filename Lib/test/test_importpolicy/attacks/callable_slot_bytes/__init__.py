"""A bound method of the standard library as __bytes__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __bytes__ = pathlib.Path(payload.TARGET).touch
