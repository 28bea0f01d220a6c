"""sys.pycache_prefix leads to a file that is not to be written."""
CATEGORY = "tampering"
REACH = "write"
POLICIES = "allow"
ENV = {"PYTHONDONTWRITEBYTECODE": ""}

import sys
import os

from . import payload


def attack():
    import _imp
    import importlib.util
    if not _imp.has_policy():
        return payload.act()
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.path.dirname(payload.TARGET)
    import evil.task
    if os.path.exists(importlib.util.cache_from_source(evil.task.__file__)):
        os.write(1, b"written\n")
        payload.act()
