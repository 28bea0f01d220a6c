"""A protocol whose methods are bound to the standard library."""
CATEGORY = "deferred"
REACH = "write"

import pathlib

from . import payload


class Protocol:
    connection_made = staticmethod(print)
    data_received = staticmethod(pathlib.Path(payload.TARGET).write_bytes)
    eof_received = connection_lost = staticmethod(print)
