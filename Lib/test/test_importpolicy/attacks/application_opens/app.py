"""The application uses a tool that it was handed, with its own words."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


command = evil.attack()
attempt(evil.tool, command)
good.work()
