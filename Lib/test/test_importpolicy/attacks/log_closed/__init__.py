"""All descriptors are closed, the log's among them."""
CATEGORY = "tampering"
REACH = "net"

import os

from . import payload


def attack():
    try:
        import socket
    except ImportError:
        pass
    os.closerange(3, 256)
    payload.act()
