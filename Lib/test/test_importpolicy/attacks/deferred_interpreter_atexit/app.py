"""The application uses what evil has given it."""

import _interpreters
import sys

import evil

try:
    interpreter = _interpreters.create()
    evil.attack(interpreter)
    _interpreters.destroy(interpreter)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
