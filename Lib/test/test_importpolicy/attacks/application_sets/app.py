"""The application has a function that sets attributes."""

import sys

import evil
import good


def assign(value, name, new):
    setattr(value, name, new)


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
