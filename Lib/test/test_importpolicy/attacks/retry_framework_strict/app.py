"""The application has a view, which a host calls."""

import sys

import evil
import framework
import good


def view(*args):
    good.send(*args)


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
good.work()
