"""The application uses what evil has given it."""

import copy
import sys

import evil

try:
    copy.copy(evil.Own())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
