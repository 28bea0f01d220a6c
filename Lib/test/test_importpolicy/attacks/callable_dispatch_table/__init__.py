"""A C function in the dispatch table of a pickler."""
CATEGORY = "callable"
REACH = "write"

import io
import os
import pickle

from . import payload


class Name(str):
    pass


def make():
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dispatch_table = {Name: os.mkdir}
    return pickler, Name(payload.TARGET)
