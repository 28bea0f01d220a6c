"""The application changes an entry."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def change():
    evil.file[evil.TARGET] = "w"


attempt(change)
good.work()
