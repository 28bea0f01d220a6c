"""The same for the unpickler in Python."""
CATEGORY = "callable"
REACH = "write"

import io
import os
import pickle

from . import payload


class Own:
    def __reduce__(self):
        return int, (payload.TARGET,)


class Unpickler(pickle._Unpickler):
    def find_class(self, module, name):
        return os.mkdir


def make():
    return Unpickler(io.BytesIO(pickle.dumps(Own())))
