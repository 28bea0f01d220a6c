"""The same, found by the collector of garbage."""
CATEGORY = "deferred"
REACH = "write"

import dbm.dumb

from . import payload


def attack():
    database = object.__new__(dbm.dumb._Database)
    database._index, database._modified = {}, True
    database._dirfile = payload.TARGET
    database._bakfile = payload.TARGET + ".bak"
    database._mode = 0o600
    database.itself = database
