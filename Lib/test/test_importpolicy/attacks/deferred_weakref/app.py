"""The application uses what evil has given it."""

import sys

import evil

try:
    class Thing:
        pass
    thing = Thing()
    evil.attack(thing)
    del thing
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
