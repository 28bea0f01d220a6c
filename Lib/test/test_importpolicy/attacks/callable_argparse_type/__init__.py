"""A C function as the type of an option, with its default."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(parser):
    parser.add_argument("--own", type=os.mkdir, default=payload.TARGET)
