"""The application uses what evil has given it."""

import pickle
import sys

import evil

try:
    pickle.loads(evil.make())
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
