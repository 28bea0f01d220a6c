"""The application warns."""

import sys
import warnings

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(warnings.warn, evil.TEXT)
good.work()
