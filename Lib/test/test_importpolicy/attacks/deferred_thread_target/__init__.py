"""A thread with a C function, which the application starts."""
CATEGORY = "deferred"
REACH = "write"

import os
import threading

from . import payload


def make():
    return threading.Thread(target=os.mkdir, args=(payload.TARGET,))
