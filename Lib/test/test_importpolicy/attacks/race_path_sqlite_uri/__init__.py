"""A database whose name is an URI with escapes."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import sqlite3

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    name = payload.TARGET.replace("evil", "%65vil")
    connection = sqlite3.connect(f"file:{name}?mode=rwc", uri=True)
    connection.execute("CREATE TABLE x (y)")
