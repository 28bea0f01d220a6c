"""_thread.start_new_thread() with a C function."""
CATEGORY = "deferred"
REACH = "write"

import _thread
import os
import time

from . import payload


def attack():
    _thread.start_new_thread(os.mkdir, (payload.TARGET,))
    time.sleep(0.2)
