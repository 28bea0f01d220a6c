"""sys.stderr is an object that raises."""
CATEGORY = "swallowing"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    class Stream:
        def write(self, text):
            raise BaseException

    error, sys.stderr = sys.stderr, Stream()
    try:
        payload.act()
    except BaseException:
        pass
    sys.stderr = error
