"""Functions of the library are put by hand among the cleanups of tests."""
CATEGORY = "callable"
REACH = "run"

import os
import unittest
import unittest.case

from . import payload


def fill(tests):
    call = os.system, payload.COMMAND
    test = unittest.FunctionTestCase(None)
    tests._class_cleanups.append(
        (unittest.TestCase.assertRaises, (test, Exception, *call), {}))
    unittest.case._module_cleanups.append(
        (unittest.TestCase._callCleanup, (test, *call), {}))
