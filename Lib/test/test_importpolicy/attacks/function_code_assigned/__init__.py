"""A granted package's code is given to a function of one's own."""
CATEGORY = "forging"
REACH = "net"

from . import payload

HOST, PORT, encode = payload.HOST, payload.PORT, str.encode


def send(data="evil", port=None):
    pass


def attack():
    import good
    send.__code__ = good.send.__code__
    send()
