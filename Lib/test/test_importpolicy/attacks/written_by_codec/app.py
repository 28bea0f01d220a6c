"""The application prints."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(print, "text")
vars(sys)["stdout"] = sys.__stdout__
good.work()
