"""The application goes through what it was handed."""

import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def go():
    for item in evil.make():
        print(item)


attempt(go)
good.work()
