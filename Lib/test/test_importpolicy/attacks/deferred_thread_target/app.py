"""The application uses what evil has given it."""

import sys

import evil

try:
    thread = evil.make()
    thread.start()
    thread.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
