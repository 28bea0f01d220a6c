"""A granted function in the application's pool of threads."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def fill(pool):
    import good
    pool.submit(good.start, payload.COMMAND)
