"""A bound method of the standard library as __iter__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __iter__ = pathlib.Path(payload.TARGET).touch
