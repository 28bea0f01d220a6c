"""The application starts a process that it was handed."""

import sys

import evil
import good

try:
    evil.process.start()
    evil.process.join()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
