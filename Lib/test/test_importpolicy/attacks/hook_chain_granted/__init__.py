"""A granted function below a chain of iterators."""
CATEGORY = "borrowed"
REACH = "run"

import itertools

from . import payload


def make():
    import good
    return itertools.chain.from_iterable(
        map(good.start, filter(None, [payload.COMMAND])) for _ in (1,))
