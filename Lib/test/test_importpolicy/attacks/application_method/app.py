"""The application uses its class."""

import sys

import evil
import good


class View:

    def show(self):
        pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(View().show)
good.work()
