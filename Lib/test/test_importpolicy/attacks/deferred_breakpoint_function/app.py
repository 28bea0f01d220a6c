"""The application stops at a breakpoint, with a word on it."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(breakpoint, evil.TARGET)
good.work()
