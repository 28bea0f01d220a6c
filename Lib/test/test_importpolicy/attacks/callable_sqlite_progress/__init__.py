"""A bound method as the progress handler."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def attack(connection):
    connection.set_progress_handler(pathlib.Path(payload.TARGET).touch, 1)
