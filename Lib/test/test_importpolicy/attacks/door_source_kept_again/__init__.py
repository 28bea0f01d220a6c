"""Lines of the canary are kept, by a library that is told not to ask."""
CATEGORY = "borrowed"
REACH = "read"

import _imp
import sys
from types import SimpleNamespace

from . import payload


def attack():
    vars(_imp)["has_policy"] = lambda: False
    sys.modules["_imp"] = SimpleNamespace(has_policy=lambda: False)
    exec(compile("1 / 0", payload.CANARY, "exec"))


def after():
    import linecache
    import os
    os.write(1, linecache.cache[payload.CANARY][2][0].encode())
