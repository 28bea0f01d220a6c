"""A cleanup of the application's test case."""
CATEGORY = "callable"
REACH = "write"

import os

from . import payload


def attack(test):
    test.addCleanup(os.mkdir, payload.TARGET)
