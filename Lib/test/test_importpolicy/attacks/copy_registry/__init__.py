"""A function is registered for copies of a class."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import copyreg
    import good

    def reduce(client):
        payload.act()
        return good.Client, ()
    copyreg.pickle(good.Client, reduce)
