"""A bound method of the standard library as __dir__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __dir__ = pathlib.Path(payload.TARGET).touch
