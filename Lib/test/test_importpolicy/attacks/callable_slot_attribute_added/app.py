"""The application compares."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


class Text(str):
    pass


attempt(evil.attack, Text)
attempt(lambda: Text() < evil.TARGET)
good.work()
