"""The application has the garbage collected."""

import gc
import sys

import evil
import good

try:
    evil.attack()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
gc.collect()
good.work()
