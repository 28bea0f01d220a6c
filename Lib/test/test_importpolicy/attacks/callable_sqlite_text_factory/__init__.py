"""A C function as the text factory."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload

TARGET = payload.TARGET


def attack(connection):
    connection.text_factory = os.mkdir
