"""The application uses what evil has given it."""

import sys

import evil
import good

try:
    evil.function(evil.TEXT)
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
