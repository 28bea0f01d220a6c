"""The application uses what evil has given it."""

import sys

import evil

try:
    evil.attack()
    exec(compile("evil.TARGET", "own", "single"))
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
