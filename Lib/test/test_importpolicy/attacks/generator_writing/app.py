"""The application goes through what it was handed."""

import sys

import evil
import good

try:
    for _ in evil.make():
        pass
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
