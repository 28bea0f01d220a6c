"""The application decorates a function."""

import sys

import evil
import good


@evil.traced
def handler():
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(handler)
good.work()
