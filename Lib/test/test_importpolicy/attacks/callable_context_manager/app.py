"""The application uses what evil has given it."""

import sys

import evil
import good

try:
    with evil.within(evil.TEXT):
        pass
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
