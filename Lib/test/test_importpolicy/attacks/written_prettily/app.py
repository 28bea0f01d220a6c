"""The application shows what it was handed."""

import pprint
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(pprint.pprint, evil.Command())
vars(sys.stdout).pop("write", None)
good.work()
