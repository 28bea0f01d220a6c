"""The application enters what it was handed."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def go():
    with evil.make():
        pass


attempt(go)
good.work()
