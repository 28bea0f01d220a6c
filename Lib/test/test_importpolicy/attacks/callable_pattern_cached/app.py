"""The application looks whether a text is as it should be."""

import re
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(re.match, "[a-z]+", evil.TEXT)
good.work()
