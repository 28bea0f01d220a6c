"""A granted function, bound by its __get__."""
CATEGORY = "borrowed"
REACH = "run"

from . import payload


def attack():
    import good
    good.hooks.append(good.start.__get__(payload.COMMAND))
