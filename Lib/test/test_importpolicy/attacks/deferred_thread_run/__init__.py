"""run() of such a thread, called by the application."""
CATEGORY = "deferred"
REACH = "write"

import os
import threading

from . import payload


def make():
    return threading.Thread(target=os.mkdir, args=(payload.TARGET,))
