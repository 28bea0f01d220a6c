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
    coroutine = evil.make()
    while True:
        print(coroutine.send(None))


attempt(go)
good.work()
