"""The application logs."""

import logging.handlers
import os
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


logging.getLogger().addHandler(logging.handlers.RotatingFileHandler(
    os.environ["HOME"] + "/log", maxBytes=1000, backupCount=2))
attempt(logging.warning, "text")
attempt(evil.attack)
attempt(logging.warning, "text")
good.work()
