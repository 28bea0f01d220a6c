"""SQLite writes its database over the policy."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import sqlite3

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        database = sqlite3.connect(path)
        database.execute("create table t (c)")
        database.commit()
    finally:
        payload.act()
