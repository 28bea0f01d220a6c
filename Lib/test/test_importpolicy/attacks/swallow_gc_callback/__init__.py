"""The attempt is in a callback of the collector."""
CATEGORY = "swallowing"
REACH = "net"

import gc

from . import payload


def attack():
    gc.callbacks.append(lambda phase, info: payload.act())
    gc.collect()
    gc.callbacks.clear()
