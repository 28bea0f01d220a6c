"""An item of work of the application's is exchanged while it waits."""
CATEGORY = "deferred"
REACH = "write"

import os

from . import payload


def attack(pool=None):
    item = pool._work_queue.get()
    item.fn, item.args = os.mkdir, (payload.TARGET,)
    pool._work_queue.put(item)
