"""A variable of the application's closure is written."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    __main__.helper.__closure__[0].cell_contents = payload.act
