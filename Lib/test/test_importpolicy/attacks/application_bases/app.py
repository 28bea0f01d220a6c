"""The application uses its class."""

import sys

import evil
import good


class Own:

    def show(self):
        pass


class View(Own):
    pass


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(View().show)
good.work()
