"""The application shows what it was handed."""

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


attempt(show, attempt(evil.attack))
good.work()
