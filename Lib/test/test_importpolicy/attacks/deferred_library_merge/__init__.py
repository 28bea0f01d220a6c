"""A generator that calls a key is handed over."""
CATEGORY = "deferred"
REACH = "write"

import heapq
import os

from . import payload


def make():
    return heapq.merge([payload.TARGET], key=os.mkdir)
