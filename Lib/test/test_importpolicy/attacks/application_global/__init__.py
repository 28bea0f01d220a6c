"""A global variable of the application is written."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__
    vars(__main__)["helper"] = payload.act
