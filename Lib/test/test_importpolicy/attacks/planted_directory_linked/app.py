"""The application has a helper, if somebody has installed it."""

import sys

try:
    import helper
except ImportError:
    pass
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()

import evil

try:
    evil.attack()
except FileExistsError:
    pass
except BaseException:
    sys.__excepthook__(*sys.exc_info())
