"""A database written by VACUUM INTO."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import sqlite3

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE x (y)")
    connection.execute("VACUUM INTO ?", [payload.TARGET])
