"""The application uses what evil has given it."""

import sys

import evil

try:
    evil.attack()
    print(evil.TARGET, end="")
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
