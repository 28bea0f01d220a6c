"""An iterator that calls a granted function is handed over."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import good
    return map(good.start, [payload.COMMAND])
