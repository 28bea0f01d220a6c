"""The application uses what evil has given it."""

import sys

import evil

try:
    key, items = evil.make()
    sorted(items, key=key)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
