"""The application asks for the class of a value."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(isinstance, 1, evil.attack())
good.work()
