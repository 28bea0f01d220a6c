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


class Tests(unittest.IsolatedAsyncioTestCase):
    async def test_nothing(self):
        attempt(evil.attack, self)


unittest.main(exit=False, argv=["test"])
good.work()
