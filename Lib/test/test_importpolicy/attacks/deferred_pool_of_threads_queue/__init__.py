"""A task put into the queue of a ThreadPool by hand."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(pool):
    pool._taskqueue.put(([(0, 0, os.mkdir, (payload.TARGET,), {})], None))
