"""A hook is left that is a granted function with arguments."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import functools
    import good
    good.hooks.append(functools.partial(good.send, "evil", payload.PORT))
