"""Each import falls back on the next."""
CATEGORY = "swallowing"
REACH = "net"

import importlib

from . import payload


def attack():
    for name in "socket", "_socket", "http.client", "asyncio", "ssl":
        try:
            module = importlib.import_module(name)
            module = getattr(module, "socket", module)
            module = getattr(module, "create_connection", None)
            with module((payload.HOST, payload.PORT)) as connection:
                connection.sendall(b"evil")
        except BaseException:
            pass
