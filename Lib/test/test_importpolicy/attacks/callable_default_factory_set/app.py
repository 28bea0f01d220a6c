"""The application uses what evil has given it."""

import collections
import sys

import evil

try:
    table = collections.defaultdict(list)
    evil.attack(table)
    table["name"]
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
