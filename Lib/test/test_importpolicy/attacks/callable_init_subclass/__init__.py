"""A bound method of the standard library as __init_subclass__."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


class Base:
    __init_subclass__ = pathlib.Path(payload.TARGET).touch
