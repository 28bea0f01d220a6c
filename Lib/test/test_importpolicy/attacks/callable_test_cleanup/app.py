"""The application uses what evil has given it."""

import sys
import unittest

import evil

try:
    test = unittest.FunctionTestCase(lambda: evil.attack(test))
    unittest.TextTestRunner().run(test)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
