"""A bound method of the standard library as __enter__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __enter__ = pathlib.Path(payload.TARGET).touch

    def __exit__(self, *args):
        pass
