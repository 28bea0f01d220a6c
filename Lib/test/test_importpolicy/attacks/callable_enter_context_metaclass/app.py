"""The application enters a context."""

import contextlib
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


with contextlib.ExitStack() as stack:
    attempt(lambda: stack.enter_context(evil.Manager()))
good.work()
