"""The application uses what evil has given it."""

import gc
import sys

import evil

try:
    evil.attack()
    gc.collect()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
