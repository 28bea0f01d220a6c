"""The application calls its helper."""

import sys

import evil
import good


def make(then):
    def helper():
        then()
    return helper


helper = make(int)


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(helper)
good.work()
