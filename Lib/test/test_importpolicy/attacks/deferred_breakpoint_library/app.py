"""The application stops at a breakpoint."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(breakpoint)
good.work()
