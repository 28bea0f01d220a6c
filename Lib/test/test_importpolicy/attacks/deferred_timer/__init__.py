"""A timer with a C function, which the application starts."""
CATEGORY = "deferred"
REACH = "write"

import os
import threading

from . import payload


def make():
    return threading.Timer(0, os.mkdir, [payload.TARGET])
