"""The application encodes, in an encoding that it was told."""

import codecs
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(lambda: list(codecs.iterencode([evil.TEXT], "evil")))
good.work()
