"""A granted function in the application's scheduler."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def fill(scheduler):
    import good
    scheduler.enter(0, 0, good.start, (payload.COMMAND,))
