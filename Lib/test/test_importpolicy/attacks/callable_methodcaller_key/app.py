"""The application uses what evil has given it."""

import os
import sys

import evil

try:
    sorted([os], key=evil.make())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
