"""The application: traces itself."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except Exception:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
try:
    sys.settrace(lambda *args: None)
    number = 1
except Exception:
    sys.__excepthook__(*sys.exc_info())
sys.settrace(None)
good.work()
