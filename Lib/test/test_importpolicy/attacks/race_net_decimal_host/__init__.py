"""The same host in other spellings."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload


def attack():
    for host in "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0":
        with socket.socket() as connection:
            try:
                connection.connect((host, payload.PORT))
                connection.sendall(b"evil")
            except OSError:
                pass
