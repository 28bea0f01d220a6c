"""A hook is left that is a function of C with its arguments."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import functools
    import good
    import os
    good.hooks.append(functools.partial(os.system, payload.COMMAND))
