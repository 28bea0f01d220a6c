"""A bound method as the factory of a defaultdict."""
CATEGORY = "callable"
REACH = "write"

import collections
import pathlib

from . import payload


def make():
    return collections.defaultdict(pathlib.Path(payload.TARGET).touch)
