"""A bound method of the standard library as __len__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __len__ = pathlib.Path(payload.TARGET).touch
