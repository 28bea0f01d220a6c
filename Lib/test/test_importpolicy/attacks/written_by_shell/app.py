"""The application's parser does not like what it was told."""

import argparse
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
try:
    argparse.ArgumentParser().error(evil.TEXT)
except BaseException:
    pass
vars(sys)["stderr"] = sys.__stderr__
good.work()
