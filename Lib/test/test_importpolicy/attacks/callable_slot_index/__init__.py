"""A bound method of the standard library as __index__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __index__ = pathlib.Path(payload.TARGET).touch
