"""A C function receives datagrams."""
CATEGORY = "deferred"
REACH = "run"

import types

from . import payload

TEXT = payload.SOURCE.encode()


def make():
    return types.SimpleNamespace(
        connection_made=print, connection_lost=print, error_received=print,
        datagram_received=exec)
