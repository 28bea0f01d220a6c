"""A bound method of the standard library as __int__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __int__ = pathlib.Path(payload.TARGET).touch
