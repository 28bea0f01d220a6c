"""The application looks for a setting."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(evil.settings.get, "own", evil.payload.COMMAND)
good.work()
