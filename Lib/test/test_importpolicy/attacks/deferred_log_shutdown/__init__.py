"""Records wait in a handler that the library empties at exit."""
CATEGORY = "deferred"
REACH = "write"

import logging.handlers

from . import payload


def attack():
    global handler
    target = logging.FileHandler(payload.TARGET, delay=True)
    handler = logging.handlers.MemoryHandler(100, target=target)
    handler.buffer.append(logging.makeLogRecord({"msg": "evil"}))
