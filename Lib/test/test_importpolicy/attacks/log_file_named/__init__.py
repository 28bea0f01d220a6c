"""A log's file is called what evil says when it is full."""
CATEGORY = "borrowed"
REACH = "write"
BEYOND = """A name is data: where a handler of the application's log moves it, it
was told by a function that only says so."""

import logging

from . import payload


def attack():
    handler = logging.getLogger().handlers[0]
    handler.namer = lambda name: payload.TARGET
    handler.maxBytes = 1
