"""The application uses a resource that it has got."""

import importlib.resources
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(importlib.resources.as_file, evil.path)
good.work()
