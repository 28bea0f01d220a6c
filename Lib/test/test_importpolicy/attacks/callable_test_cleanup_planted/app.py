"""The application runs its tests."""

import sys
import unittest

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


test = unittest.FunctionTestCase(lambda: attempt(evil.attack, test))
unittest.TextTestRunner().run(test)
good.work()
