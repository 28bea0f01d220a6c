"""A granted function is a partial method."""
CATEGORY = "borrowed"
REACH = "run"

import functools

from . import payload


def make():
    import good

    class Object(str):
        run = functools.partialmethod(good.start)
    return Object(payload.COMMAND)
