"""The same for a database."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import os
import sqlite3

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    os.mkdir(HOME + "/free")
    link = HOME + "/link"

    def operate():
        try:
            connection = sqlite3.connect(link + "/evil")
            connection.execute("CREATE TABLE x (y)")
            connection.close()
        except sqlite3.Error:
            pass

    payload.race(payload.turn_link, operate)
