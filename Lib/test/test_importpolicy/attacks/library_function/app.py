"""The application calls the standard library."""

import sys
import textwrap

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(lambda: textwrap.dedent("text"))
good.work()
