"""The application decorates a function of its own."""

import sys

import evil
import good


@evil.timed
def work():
    pass


try:
    work()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
