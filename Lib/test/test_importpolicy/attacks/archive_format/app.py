"""The application packs what it has."""

import shutil
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(shutil.make_archive, "packed", "zip")
good.work()
