"""A C function receives the data of a pipe."""
CATEGORY = "deferred"
REACH = "run"

import os
import types

from . import payload

COMMAND = payload.COMMAND.encode()


def make():
    return types.SimpleNamespace(
        connection_made=print, connection_lost=print, eof_received=print,
        data_received=os.system)
