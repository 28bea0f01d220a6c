"""The application reads a time."""

import sys
import time

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(time.strptime, evil.TEXT, "%Y")
good.work()
