"""A database attached to one in memory."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import sqlite3

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH ? AS own", [HOME + "/../out/evil"])
    connection.execute("CREATE TABLE own.x (y)")
