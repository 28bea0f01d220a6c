"""The application makes a mock of a function."""

import sys
from unittest import mock

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(mock.create_autospec, evil.function)
good.work()
