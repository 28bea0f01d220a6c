"""An item of work for the application's pool of threads."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(pool):
    pool.submit(os.mkdir, payload.TARGET)
