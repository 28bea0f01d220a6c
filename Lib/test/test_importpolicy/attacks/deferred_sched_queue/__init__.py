"""A call is put into a scheduler's queue by hand."""
CATEGORY = "deferred"
REACH = "write"

import os
import sched

from . import payload


def attack(scheduler):
    scheduler._queue.append(sched.Event(0, 1, 0, os.mkdir,
                                        (payload.TARGET,), {}))
