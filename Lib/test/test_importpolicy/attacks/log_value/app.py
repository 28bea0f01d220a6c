"""The application logs a value that it was handed."""

import logging
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


logging.raiseExceptions = False
attempt(logging.warning, "%s", evil.attack())
good.work()
