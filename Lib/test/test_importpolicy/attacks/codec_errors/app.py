"""The application decodes with a name that it was told."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(b"\xff".decode, "ascii", "evil")
good.work()
