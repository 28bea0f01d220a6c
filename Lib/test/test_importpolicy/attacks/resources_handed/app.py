"""The application: reads a resource."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


print(evil.attack().read_text())
good.work()
