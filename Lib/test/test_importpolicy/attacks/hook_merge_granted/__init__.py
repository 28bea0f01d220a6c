"""A generator that calls a granted function is handed over."""
CATEGORY = "borrowed"
REACH = "run"

import heapq

from . import payload


def make():
    import good
    return heapq.merge([payload.COMMAND], key=good.start)
