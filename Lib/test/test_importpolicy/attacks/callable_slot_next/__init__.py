"""A bound method of the standard library as __next__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __next__ = pathlib.Path(payload.TARGET).touch
