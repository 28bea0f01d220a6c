"""The application uses what evil has given it."""

import functools
import sys

import evil

try:
    @functools.singledispatch
    def function(argument):
        pass
    evil.attack(function)
    function(evil.TARGET)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
