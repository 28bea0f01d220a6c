"""The application: calls a plug-in."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(attempt(evil.attack))
good.work()
