"""The application makes an object."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(lambda: evil.Path().__init__)
attempt(lambda: evil.Path())
good.work()
