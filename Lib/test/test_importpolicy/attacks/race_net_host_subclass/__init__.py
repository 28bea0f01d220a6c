"""A host that is encoded as another one."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.2"]}

import socket

from . import payload


class Host(str):
    encode = lambda self, *args: b"127.0.0.1"


def attack():
    with socket.socket() as connection:
        connection.connect((Host("127.0.0.2"), payload.PORT))
        connection.sendall(b"evil")
