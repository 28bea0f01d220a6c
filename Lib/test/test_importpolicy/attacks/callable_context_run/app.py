"""The application uses what evil has given it."""

import os
import sys

import evil

try:
    evil.make()(os.mkdir, evil.TARGET)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
