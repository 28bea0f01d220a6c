"""A bound method of the standard library as __del__."""
CATEGORY = "deferred"
REACH = "write"

import pathlib

from . import payload


class Own:
    __del__ = pathlib.Path(payload.TARGET).touch
