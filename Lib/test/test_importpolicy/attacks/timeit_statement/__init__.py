"""timeit makes a function of text."""
CATEGORY = "forging"
REACH = "net"

import timeit

from . import payload


def attack():
    timeit.timeit(payload.SOURCE, number=1)
