"""The application imports a module."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())



def load():
    import fancy


attempt(evil.attack)
attempt(load)
good.work()
