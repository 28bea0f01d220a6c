"""The application calls its helper."""

import sys

import evil
import good


def helper():
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(helper)
good.work()
