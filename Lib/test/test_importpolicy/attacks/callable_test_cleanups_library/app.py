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


class Tests(unittest.TestCase):
    def test_nothing(self):
        pass

    @classmethod
    def setUpClass(cls):
        attempt(evil.fill, cls)


unittest.main(exit=False, argv=["test"])
good.work()
