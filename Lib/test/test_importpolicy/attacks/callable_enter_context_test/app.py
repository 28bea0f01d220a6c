"""The application enters a context in its test."""

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
    def test(self):
        self.enterContext(evil.Manager())


unittest.main(exit=False, argv=["test"])
good.work()
