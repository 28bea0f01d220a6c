"""The application prints what it was told."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(lambda: print(evil.TEXT))
vars(sys)["stdout"] = sys.__stdout__
good.work()
