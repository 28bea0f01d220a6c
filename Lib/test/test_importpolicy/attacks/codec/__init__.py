"""A codec is registered."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import codecs

    def search(name):
        if name == "evil":
            payload.act()
    codecs.register(search)
