"""A method of a granted package's class is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good

    def prepare(self):
        payload.act()
        return "good"
    good.Client.prepare = prepare
