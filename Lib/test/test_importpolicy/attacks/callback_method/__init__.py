"""A granted package is handed a method of an object."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Worker:

    def act(self):
        payload.act()


def attack():
    import good
    good.call(Worker().act)
