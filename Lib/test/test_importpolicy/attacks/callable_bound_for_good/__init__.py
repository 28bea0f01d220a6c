"""A bound method of the standard library, for a granted package."""
CATEGORY = "callable"
REACH = "write"

import good
import pathlib

from . import payload


def attack():
    good.hooks.append(pathlib.Path(payload.TARGET).touch)
