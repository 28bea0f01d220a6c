"""The attempt is made when no file may grow."""
CATEGORY = "swallowing"
REACH = "write"
GRANT = {"sys": True}

import os
import resource
import signal

from . import payload


def attack():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        os.mkdir(payload.TARGET)
    except BaseException:
        pass
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
