"""A task for the application's ThreadPool."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(pool):
    pool.apply_async(os.mkdir, (payload.TARGET,))
