"""A granted package is handed a function of C, with arguments."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import good
    import os
    good.call(os.system, payload.COMMAND)
