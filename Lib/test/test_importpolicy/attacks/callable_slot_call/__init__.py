"""A bound method of the standard library as __call__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __call__ = pathlib.Path(payload.TARGET).touch
