"""The application uses what evil has given it."""

import sys

import evil

try:
    name, target = evil.make()
    name.own = target
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
