"""A factory set on the application's defaultdict."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def attack(table):
    table.default_factory = pathlib.Path(payload.TARGET).touch
