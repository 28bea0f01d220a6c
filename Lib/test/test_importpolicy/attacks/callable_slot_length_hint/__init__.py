"""A bound method of the standard library as __length_hint__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Own:
    __length_hint__ = pathlib.Path(payload.TARGET).touch

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration
