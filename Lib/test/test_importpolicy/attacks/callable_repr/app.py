"""The application shows what it has got."""

import reprlib
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(reprlib.repr, evil.shown)
good.work()
