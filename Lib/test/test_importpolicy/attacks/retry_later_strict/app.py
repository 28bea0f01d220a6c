"""The application keeps a partial of what it is given."""

import functools
import sys

import evil
import good

kept = []


def later(function, *args):
    kept.append(functools.partial(function, *args))


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
for each in kept:
    attempt(each)
good.work()
