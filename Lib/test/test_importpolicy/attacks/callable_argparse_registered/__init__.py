"""A C function is registered as what an option without a type has."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(parser):
    parser.register("type", None, os.mkdir)


TARGET = payload.TARGET
