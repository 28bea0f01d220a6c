"""The application uses its object."""

import sys

import evil
import good


class View:

    def show(self):
        pass


view = View()


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(view.show)
good.work()
