"""The application copies what it was handed."""

import copy
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(copy.copy, evil.OBJECT)
good.work()
