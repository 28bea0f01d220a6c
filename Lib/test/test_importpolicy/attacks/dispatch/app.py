"""The application shows a number."""

import functools
import sys

import evil
import good


@functools.singledispatch
def show(value):
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(show, 1)
good.work()
