"""The application opens addresses."""

import sys
import urllib.request

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


attempt(urllib.request.urlopen, "file:///dev/null")
attempt(evil.attack)
attempt(urllib.request.urlopen, "http://free/")
good.work()
