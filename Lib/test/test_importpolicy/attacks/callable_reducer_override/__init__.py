"""A C function as reducer_override of a pickler."""
CATEGORY = "callable"
REACH = "write"

import io
import os
import pickle

from . import payload


class Name(str):
    pass


class Pickler(pickle.Pickler):
    reducer_override = staticmethod(os.mkdir)


def make():
    return Pickler(io.BytesIO()), Name(payload.TARGET)
