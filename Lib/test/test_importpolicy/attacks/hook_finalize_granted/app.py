"""The application drops an object."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


class Thing:
    pass


thing = Thing()
attempt(evil.fill, thing)
del thing
good.work()
