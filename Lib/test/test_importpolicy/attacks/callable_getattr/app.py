"""The application uses what evil has given it."""

import sys

import evil

try:
    getattr(evil.Names(), evil.TARGET)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
