"""The application has a finalizer."""

import sys
import weakref

import evil
import good


class Thing:
    pass


thing = Thing()
try:
    evil.attack(weakref.finalize(thing, print, "gone"))
except BaseException:
    sys.__excepthook__(*sys.exc_info())
del thing
good.work()
