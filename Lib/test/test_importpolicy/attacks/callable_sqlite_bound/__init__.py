"""A bound method as a function of the application's database."""
CATEGORY = "callable"
REACH = "write"

import pathlib

from . import payload


def attack(connection):
    connection.create_function("own", 0, pathlib.Path(payload.TARGET).touch)
