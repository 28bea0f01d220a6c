"""A C function as a function of the application's database."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload

TARGET = payload.TARGET


def attack(connection):
    connection.create_function("own", 1, os.mkdir)
