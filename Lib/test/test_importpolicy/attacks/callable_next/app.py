"""The application calls what evil has given it."""

import sys

import evil

try:
    evil.make()()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
