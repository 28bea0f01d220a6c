"""The application uses what evil has given it."""

import sys

import evil

try:
    encoder, own = evil.make()
    encoder.encode(own)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
