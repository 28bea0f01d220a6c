"""The application reads JSON."""

import json
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(evil.attack)
attempt(json.loads, evil.TEXT)
good.work()
