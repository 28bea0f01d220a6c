"""A host in a buffer that another thread changes."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.2"]}

import socket

from . import payload


def attack():
    host = bytearray(b"127.0.0.2")

    def flip():
        host[8] = ord("1")
        host[8] = ord("2")

    def connect():
        with socket.socket() as connection:
            connection.connect((host, payload.PORT))
            connection.sendall(b"evil")
        return True

    payload.race(flip, connect)
