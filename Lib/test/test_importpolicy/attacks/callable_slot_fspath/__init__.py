"""A bound method of the standard library as __fspath__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __fspath__ = pathlib.Path(payload.TARGET).touch
