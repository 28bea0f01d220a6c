"""The application has a function that calls what it is given."""

import sys

import evil
import good


def retry(function, *args):
    return function(*args)


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
