"""The same with sendto() and TCP fast open."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload

FAST_OPEN = 0x20000000


def attack():
    with socket.socket() as connection:
        connection.sendto(b"evil", FAST_OPEN, (payload.HOST, payload.PORT))
