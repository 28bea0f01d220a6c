"""A granted package evaluates a text later."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import functools
    import good
    good.hooks.append(functools.partial(good.execute, payload.SOURCE))
