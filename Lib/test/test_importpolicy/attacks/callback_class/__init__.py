"""A granted package is handed a class to make an object of."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Worker:

    def __init__(self):
        payload.act()


def attack():
    import good
    good.call(Worker)
