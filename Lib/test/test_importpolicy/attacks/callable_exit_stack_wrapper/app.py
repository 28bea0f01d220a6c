"""The application uses what evil has given it."""

import contextlib
import sys

import evil

try:
    with contextlib.ExitStack() as stack:
        evil.attack(stack)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
