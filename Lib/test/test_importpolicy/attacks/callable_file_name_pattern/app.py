"""The application matches a file's name."""

import fnmatch
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(fnmatch.fnmatch, evil.NAME, "*.py")
good.work()
