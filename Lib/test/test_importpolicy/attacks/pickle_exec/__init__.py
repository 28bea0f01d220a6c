"""A pickle calls exec, with a granted package's globals."""
CATEGORY = "forging"
REACH = "net"

import pickle

from . import payload


class Text:

    def __reduce__(self):
        return exec, (payload.SOURCE, {"__name__": "good"})


def attack():
    pickle.loads(pickle.dumps(Text()))
