"""A class is registered as one of the application's abstract class."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


class Sink:

    def write(self, text):
        payload.act()


def attack():
    import __main__
    __main__.Sink.register(Sink)
    return Sink()
