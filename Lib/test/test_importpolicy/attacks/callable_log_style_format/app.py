"""The application logs."""

import logging
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


logging.basicConfig()
attempt(evil.attack)
attempt(logging.warning, "text")
good.work()
