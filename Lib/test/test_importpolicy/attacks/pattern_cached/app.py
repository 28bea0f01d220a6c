"""The application writes a file, if its name is as it should be."""

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
if re.fullmatch("[a-z]+", evil.TEXT):
    with open(evil.TEXT, "w"):
        pass
good.work()
