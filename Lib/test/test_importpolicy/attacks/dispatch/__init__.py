"""A function is registered with the application's, for some arguments."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import __main__

    def show(value):
        payload.act()
    __main__.show.register(int, show)
