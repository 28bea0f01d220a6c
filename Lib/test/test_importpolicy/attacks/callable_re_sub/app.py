"""The application uses what evil has given it."""

import re
import sys

import evil

try:
    re.sub(".", lambda match: evil.make()(match[0]), "x")
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
