"""A keyword of the application's function gets another default."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    __main__.helper.__kwdefaults__["then"] = payload.act
