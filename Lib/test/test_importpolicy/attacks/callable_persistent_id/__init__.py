"""A C function as persistent_id of a pickler."""
CATEGORY = "callable"
REACH = "write"

import io
import os
import pickle

from . import payload

TARGET = payload.TARGET


def make():
    pickler = pickle.Pickler(io.BytesIO())
    pickler.persistent_id = os.mkdir
    return pickler
