"""The application uses what evil has given it."""

import codecs
import sys

import evil

try:
    evil.attack()
    codecs.decode(evil.TARGET, "evil")
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
