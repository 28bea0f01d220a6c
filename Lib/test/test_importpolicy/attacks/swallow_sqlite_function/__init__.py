"""The attempt is in a function of a database."""
CATEGORY = "swallowing"
REACH = "read"

import sqlite3

from . import payload


def attack():
    connection = sqlite3.connect(":memory:")
    connection.create_function("own", 0, payload.act)
    try:
        connection.execute("SELECT own()").fetchall()
    except sqlite3.Error:
        pass
