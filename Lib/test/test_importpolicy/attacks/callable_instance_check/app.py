"""The application uses what evil has given it."""

import sys

import evil

try:
    isinstance(0o644, evil.Own)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
