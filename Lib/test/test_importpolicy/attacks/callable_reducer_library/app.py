"""The application pickles what it was handed."""

import pickle
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(pickle.dumps, evil.thing)
good.work()
