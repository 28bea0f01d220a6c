"""The application logs."""

import logging.handlers
import queue
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


handler = logging.handlers.QueueHandler(queue.Queue())
logging.getLogger().addHandler(handler)
attempt(evil.attack, handler)
attempt(logging.warning, "text")
good.work()
