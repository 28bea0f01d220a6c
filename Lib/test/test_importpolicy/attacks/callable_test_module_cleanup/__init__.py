"""A C function among the cleanups of a module's tests."""
CATEGORY = "callable"
REACH = "write"

import os
import unittest

from . import payload


def attack():
    unittest.addModuleCleanup(os.mkdir, payload.TARGET)
