"""A granted function as the key of a groupby()."""
CATEGORY = "borrowed"
REACH = "run"

import itertools

from . import payload


def make():
    import good
    return itertools.groupby([payload.COMMAND], good.start)
