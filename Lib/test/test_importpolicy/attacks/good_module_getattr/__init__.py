"""A granted package gets a __getattr__."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import good

    def find(name):
        del vars(good)["__getattr__"]
        payload.act()
    vars(good)["__getattr__"] = find
