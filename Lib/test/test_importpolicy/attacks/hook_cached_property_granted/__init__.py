"""A granted function computes a cached attribute."""
CATEGORY = "borrowed"
REACH = "run"

import functools

from . import payload


def make():
    import good

    class Text(str):
        length = functools.cached_property(good.start)
    return Text(payload.COMMAND)
