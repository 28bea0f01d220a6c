"""The application hands over a stack."""

import contextlib
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def use():
    with contextlib.ExitStack() as stack:
        evil.attack(stack)


attempt(use)
good.work()
