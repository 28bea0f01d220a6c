"""The attempt is made when a generator is closed."""
CATEGORY = "swallowing"
REACH = "write"

from . import payload


def generator():
    try:
        yield
    except GeneratorExit:
        payload.act()


def attack():
    it = generator()
    next(it)
    del it
