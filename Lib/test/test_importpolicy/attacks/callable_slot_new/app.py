"""The application makes an object of a class that it was handed."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(lambda: evil.Own())
good.work()
