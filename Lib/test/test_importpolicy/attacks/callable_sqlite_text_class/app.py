"""The application fetches a text."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(lambda: evil.connection.execute(
    "SELECT ?", (evil.TARGET,)).fetchall())
good.work()
