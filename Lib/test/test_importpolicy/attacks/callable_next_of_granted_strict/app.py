"""The application calls what it was handed."""

import sys

import evil
import good

try:
    evil.make()()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
