"""An item of work put into the pool's queue by hand."""
CATEGORY = "deferred"
REACH = "write"

import os
from concurrent.futures import Future, thread

from . import payload


def attack(pool):
    pool._work_queue.put(thread._WorkItem(
        Future(), os.mkdir, (payload.TARGET,), {}))
