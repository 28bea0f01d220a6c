"""A granted function is run when an object goes."""
CATEGORY = "borrowed"
REACH = "run"

import weakref

from . import payload


def fill(thing):
    import good
    weakref.finalize(thing, good.start, payload.COMMAND)
