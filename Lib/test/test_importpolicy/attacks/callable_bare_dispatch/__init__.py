"""A C function in the application's singledispatch() table."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "The table is a dictionary of the application's, and a bare C function "
    "has no author.")

import os

from . import payload

TARGET = payload.TARGET


def attack(function):
    function.register(str, os.mkdir)
