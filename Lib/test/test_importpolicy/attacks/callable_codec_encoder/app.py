"""The application writes a file, in an encoding that it was told."""

import os
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
path = os.environ["HOME"] + "/file"


def write():
    with open(path, "w", encoding="evil") as file:
        file.write(evil.TEXT)


attempt(write)
good.work()
