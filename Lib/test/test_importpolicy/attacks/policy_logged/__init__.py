"""A log handler writes to the policy."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import logging

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        handler = logging.FileHandler(path, "w")
        handler.emit(logging.makeLogRecord({"msg": "{}"}))
        handler.close()
    finally:
        payload.act()
