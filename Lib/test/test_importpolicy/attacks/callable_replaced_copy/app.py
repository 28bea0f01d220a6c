"""The application copies an object, with changes."""

import copy
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(copy.replace, evil.text)
good.work()
